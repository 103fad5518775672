import type {
  ColumnRef,
  Policy,
  ProposedAnswer,
  Strategy,
  TableRef,
  TableShape,
} from '../shapes.ts'
import { columnKey, strategyFor, tableKey } from './names.ts'
import { pinKey, pinOf } from './pin.ts'

const heading = `# What happens to every column on its way into a snapshot. A column without an answer stops the
# build. Lines marked "unsure" want a person's eye; keeping this file in the configuration accepts it.
`

/**
 * Writes masking.yaml: every column of every table, in the source’s order. What `existing` answers
 * stays as it is and counts as reviewed; columns that are gone are left out.
 */
export function renderPolicy(
  shapes: readonly TableShape[],
  answers: readonly ProposedAnswer[],
  existing: Policy = {},
): string {
  const proposed = new Map(answers.map((answer) => [columnId(answer.table, answer.column), answer]))
  const tables = shapes.map((table) => {
    const lines = table.columns.flatMap((column) => {
      const reviewed = strategyFor(existing, table, column.name)
      if (reviewed) return [line(column.name, reviewed)]
      const answer = proposed.get(columnId(table, column.name))
      if (!answer) return []
      return [line(column.name, answer.strategy, answer.unsure ? answer.reason : undefined)]
    })
    return lines.length > 0 ? `\n${yamlText(tableKey(table))}:\n${lines.join('')}` : ''
  })
  return heading + tables.join('')
}

/** The columns and types that the answers above were given for. */
export function renderPin(shapes: readonly TableShape[]): string {
  const tables = Object.entries(pinOf(shapes)).map(([table, columns]) => {
    const types = Object.entries(columns).map(
      ([column, type]) => `    ${yamlText(column)}: ${yamlText(type)}\n`,
    )
    return types.length === 0
      ? `  ${yamlText(table)}: {}\n`
      : `  ${yamlText(table)}:\n${types.join('')}`
  })
  return `\n${pinHeading}${pinKey}:${tables.length === 0 ? ' {}' : ''}\n${tables.join('')}`
}

const pinHeading = `# What the answers were given for. A build stops where the source has changed since; \`sandbox data
# review --update\` shows the difference and writes this anew.
`

/** A strategy as it stands in masking.yaml, on one line. */
export function renderStrategy({ name, paths, like, shiftBy }: Strategy): string {
  if (like) return `{ like: ${renderReferences(like)} }`
  if (shiftBy !== undefined) return `{ date: { shift_by: ${yamlText(shiftBy)} } }`
  if (!paths || Object.keys(paths).length === 0) return name
  const parts = Object.entries(paths).map(([path, inner]) => `${JSON.stringify(path)}: ${inner}`)
  return `{ json: { ${parts.join(', ')} } }`
}

function renderReferences(references: readonly ColumnRef[]): string {
  const names = references.map((reference) => JSON.stringify(columnKey(reference)))
  return names.length === 1 ? (names[0] as string) : `[${names.join(', ')}]`
}

function line(column: string, strategy: Strategy, unsure?: string): string {
  const comment = unsure === undefined ? '' : ` # unsure: ${oneLine(unsure)}`
  return `  ${yamlText(column)}: ${renderStrategy(strategy)}${comment}\n`
}

/** A reason may name a table, and a hostile one may be called anything. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{C}]+/gu, ' ')
}

/** Plain where YAML reads it back as the same text; else quoted. */
function yamlText(text: string): string {
  const plain = /^[\p{L}_][\p{L}\d_$]*(?:\.[\p{L}_][\p{L}\d_$]*)?$/u.test(text)
  if (plain && !/^(?:null|true|false)$/i.test(text)) return text
  return /["\\\p{C}\u2028\u2029]/u.test(text) && !/[\p{C}\u2028\u2029]/u.test(text)
    ? `'${text.replaceAll("'", "''")}'`
    : JSON.stringify(text)
}

function columnId(table: TableRef, column: string): string {
  return JSON.stringify([tableKey(table), column])
}

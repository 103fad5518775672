import { posix } from 'node:path'

export interface FoundSecret {
  /** Of the text, from 1. */
  readonly line: number
  readonly rule: string
  /** In the text. */
  readonly start: number
  readonly end: number
}

/** Comments that switch rules off, which whoever wrote the file may have written. */
const switches = '@secretlint/secretlint-rule-filter-comments'

/** secretlint’s recommended rules over one text. What was found is masked before we see it. */
export async function findSecrets(path: string, text: string): Promise<FoundSecret[]> {
  const { lintSource, rules } = await linter()
  const { messages } = await lintSource({
    source: { content: text, filePath: path, ext: posix.extname(path), contentType: 'text' },
    options: { maskSecrets: true, noPhysicFilePath: true, config: { rules } },
  })
  return messages
    .filter(({ type }) => type === 'message')
    .map(({ loc, range: [start, end], ruleId }) => ({
      ...{ start, end, line: loc.start.line },
      rule: ruleId.split('/').at(-1) ?? ruleId,
    }))
}

/** Loaded when first asked: a thread that looks for shapes alone is spared its memory. */
async function linter() {
  const { lintSource } = await import('@secretlint/core')
  const { rules } = await import('@secretlint/secretlint-rule-preset-recommend')
  const wanted = rules.filter(({ meta }) => meta.id !== switches)
  return { lintSource, rules: wanted.map((rule) => ({ id: rule.meta.id, rule })) }
}

import { isMap, LineCounter, type Node, parseDocument } from 'yaml'
import { z } from 'zod'
import { type ErrorCode, SandboxError } from '../errors.ts'

export interface LocatedFile {
  /** As the user named it; stands in messages. */
  readonly file: string
  readonly text: string
  readonly code: Extract<ErrorCode, 'blueprint_invalid' | 'config_invalid'>
}

/**
 * Parses YAML and checks it against a schema. Every complaint names file, line, key and what is
 * allowed there. Aliases are bounded, so that a small file cannot unfold into a large one.
 */
export function parseYaml<Schema extends z.ZodType>(
  source: LocatedFile,
  schema: Schema,
): z.output<Schema> {
  const lines = new LineCounter()
  const document = parseDocument(source.text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  })
  const broken = document.errors[0]
  if (broken) {
    throw invalid(source, [
      { line: lines.linePos(broken.pos[0]).line, key: '', message: broken.message },
    ])
  }
  const result = schema.safeParse(unfold(source, document))
  if (result.success) return result.data

  const complaints = result.error.issues.flatMap((issue) =>
    keysOf(issue).map((path) => ({
      line: lineOf(document.contents, path, lines),
      key: path.join('.'),
      message: `${document.hasIn(path) ? '' : 'is missing, and '}${explain(issue, schema)}`,
    })),
  )
  throw invalid(source, complaints)
}

interface Complaint {
  readonly line: number
  readonly key: string
  readonly message: string
}

function unfold(source: LocatedFile, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 }) ?? {}
  } catch (cause) {
    throw invalid(source, [
      { line: 1, key: '', message: cause instanceof Error ? cause.message : 'not YAML' },
    ])
  }
}

/** An unknown key is reported where it stands, not at its parent. */
function keysOf(issue: z.core.$ZodIssue): PropertyKey[][] {
  if (issue.code !== 'unrecognized_keys') return [issue.path]
  return issue.keys.map((key) => [...issue.path, key])
}

function explain(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  if (issue.code === 'unrecognized_keys')
    return `is not a key; there may be ${keysAt(schema, issue.path).join(', ')}`
  if (issue.code === 'invalid_value')
    return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
  if (issue.code === 'invalid_type') return `must be ${words[issue.expected] ?? issue.expected}`
  return issue.message
}

/** What a person writes, for what zod expects. */
const words: Readonly<Record<string, string>> = {
  ...{ string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false' },
  ...{ object: 'a map', record: 'a map', array: 'a list' },
}

/** Which keys a schema knows at a path, below names that the user chose as well. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: Described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described
  for (const key of path) at = at.properties?.[String(key)] ?? at.additionalProperties ?? {}
  return Object.keys(at.properties ?? {})
}

/** The part of a JSON schema that leads to another. */
interface Described {
  readonly properties?: Readonly<Record<string, Described>>
  readonly additionalProperties?: Described
}

function lineOf(root: Node | null, path: readonly PropertyKey[], lines: LineCounter): number {
  let line = 1
  let node: unknown = root
  for (const key of path) {
    if (!isMap(node)) break
    const pair = node.items.find(
      (item) => String((item.key as { value?: unknown }).value) === String(key),
    )
    if (!pair) break
    line = lines.linePos((pair.key as Node).range?.[0] ?? 0).line
    node = pair.value
  }
  return line
}

function invalid({ file, code }: LocatedFile, complaints: readonly Complaint[]): SandboxError {
  const shown = complaints.map(
    ({ line, key, message }) => `${file}:${line}: ${key ? `${key}: ` : ''}${message}`,
  )
  return new SandboxError(code, shown.join('\n'), {
    hint: `Correct ${file} and run the command again; nothing was created.`,
    details: { complaints },
  })
}

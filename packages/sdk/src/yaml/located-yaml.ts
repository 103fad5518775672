import { isMap, isNode, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
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
  const document = read(source, lines)
  const broken = document.errors[0]
  // The parser goes down with every bracket, as far as the stack does, and calls that broken.
  if (broken?.message.startsWith('Maximum call stack')) throw unreadable(source, tooDeep)
  if (broken) {
    throw invalid(source, [
      { line: lines.linePos(broken.pos[0]).line, key: '', message: broken.message },
    ])
  }
  const result = schema.safeParse(unfold(source, document))
  if (result.success) return result.data

  const found = result.error.issues
    .flatMap(innermost)
    .flatMap((issue) => keysOf(issue).map((path) => ({ issue, path })))
  const complaints = found.slice(0, mostComplaints).map(({ issue, path }) => ({
    line: lineOf(document.contents, path, lines),
    key: path.join('.'),
    message: `${document.hasIn(path) ? '' : 'is missing, and '}${explain(issue, path, schema)}`,
  }))
  throw invalid(source, complaints)
}

/** A blueprint comes from anybody; the operator’s own files may name every column of a large source. */
const mostCharacters = { blueprint_invalid: 64 * 1024, config_invalid: 16 * 1024 ** 2 } as const

function read(source: LocatedFile, lineCounter: LineCounter) {
  const most = mostCharacters[source.code]
  if (source.text.length > most) throw unreadable(source, `is longer than ${most} characters`)
  return parseDocument(source.text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: true,
    stringKeys: true,
  })
}

const tooDeep = 'is nested too deeply'

const unreadable = (source: LocatedFile, message: string) =>
  invalid(source, [{ line: 1, key: '', message }])

/** Nobody reads more at once, and a file of mistakes alone must not take long. */
const mostComplaints = 50

interface Complaint {
  readonly line: number
  readonly key: string
  readonly message: string
}

function unfold(source: LocatedFile, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 }) ?? {}
  } catch (cause) {
    if (cause instanceof RangeError) throw unreadable(source, tooDeep)
    throw unreadable(source, cause instanceof Error ? cause.message : 'not YAML')
  }
}

/** Where one of several shapes may stand, what is wrong with the one that was meant. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const isOfThisShape = (branch: readonly z.core.$ZodIssue[]) =>
    !branch.some(({ path, code }) => path.length === 0 && /^invalid_(type|value)$/.test(code))
  const isText = (branch: readonly z.core.$ZodIssue[]) =>
    !branch.some(({ path, code }) => path.length === 0 && code === 'invalid_type')
  const meant = issue.errors.find(isOfThisShape) ?? issue.errors.find(isText) ?? []
  return meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

/** An unknown key is reported where it stands, not at its parent. */
function keysOf(issue: z.core.$ZodIssue): PropertyKey[][] {
  if (issue.code !== 'unrecognized_keys') return [issue.path]
  return issue.keys.map((key) => [...issue.path, key])
}

function explain(issue: z.core.$ZodIssue, path: PropertyKey[], schema: z.ZodType): string {
  if (issue.code === 'unrecognized_keys')
    return explainKey(schemaAt(schema, issue.path), path.at(-1))
  if (issue.code === 'invalid_value')
    return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  if (issue.code === 'invalid_type') return `must be ${words[issue.expected] ?? issue.expected}`
  return issue.message
}

function explainKey(
  { properties = {}, 'x-refused': refused = {} }: Described,
  key: PropertyKey = '',
): string {
  const why = Object.hasOwn(refused, key) ? refused[String(key)] : undefined
  if (why !== undefined) return `is refused: ${why}`
  return `is not a key; there may be ${Object.keys(properties).join(', ')}`
}

/** What a person writes, for what zod expects. */
const words: Readonly<Record<string, string>> = {
  ...{ string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false' },
  ...{ object: 'a map', record: 'a map', array: 'a list' },
}

/** What a schema says of a path, below names that the user chose as well. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): Described {
  let at: Described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described
  for (const key of path) {
    at = at.properties?.[String(key)] ?? at.additionalProperties ?? at.items ?? {}
    at = at.anyOf?.find(({ properties }) => properties) ?? at
  }
  return at
}

/** The part of a JSON schema that leads to another. */
interface Described {
  readonly properties?: Readonly<Record<string, Described>>
  readonly additionalProperties?: Described
  readonly items?: Described
  readonly anyOf?: readonly Described[]
  /** Why keys are refused that one might expect. */
  readonly 'x-refused'?: Readonly<Record<string, string>>
}

function lineOf(root: Node | null, path: readonly PropertyKey[], lines: LineCounter): number {
  let line = 1
  let node: unknown = root
  for (const key of path) {
    const found = inside(node, key)
    if (!found) break
    line = lines.linePos(found.at.range?.[0] ?? 0).line
    node = found.value
  }
  return line
}

/** What stands under a key of a map or at a place of a list, and where that begins. */
function inside(node: unknown, key: PropertyKey): { at: Node; value: unknown } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(key)]
    return isNode(item) ? { at: item, value: item } : undefined
  }
  const pair = isMap(node)
    ? node.items.find(({ key: own }) => String((own as { value?: unknown }).value) === String(key))
    : undefined
  return pair && { at: pair.key as Node, value: pair.value }
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

/** The line on which a key stands in a file that was parsed before; 1 where it does not. */
export function lineIn(text: string, path: readonly PropertyKey[]): number {
  const lines = new LineCounter()
  return lineOf(parseDocument(text, { lineCounter: lines }).contents, path, lines)
}

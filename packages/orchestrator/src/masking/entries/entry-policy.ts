import { parseYaml } from '@stuntdouble/sdk/yaml'
import { z } from 'zod'
import { Answer } from '../policy/answer.ts'
import type { Strategy } from '../shapes.ts'
import { isWild, matchPattern, type Pattern, type Piece, parsePattern } from './pattern.ts'
import type { StandIn } from './stand-in.ts'

/** What becomes of the names that a pattern fits. */
export interface EntryRule<EntryAnswer> {
  readonly pattern: Pattern
  readonly answer: EntryAnswer
}

/** The first rule that fits a name answers for it; one that spells the name out stands before all others. */
export type EntryPolicy<EntryAnswer> = readonly EntryRule<EntryAnswer>[]

/**
 * `drop`, one answer for whatever the entry holds, one for each field of a hash, or a file in place of
 * the file.
 */
export type KeyAnswer =
  | { readonly do: 'drop' }
  | { readonly do: 'instead'; readonly standIn: StandIn }
  | { readonly do: 'values'; readonly strategy: Strategy }
  | { readonly do: 'fields'; readonly fields: EntryPolicy<Strategy | 'drop'> }

/** Fields of a hash are names of their own: no character parts them. */
const noSeparator = '\0'
const keySeparator = ':'
const pathSeparator = '/'

/** Reads a masking.yaml of keys. Throws `config_invalid` naming file, line, pattern and what is allowed. */
export const parseKeyPolicy = (text: string, file: string): EntryPolicy<KeyAnswer> =>
  parseYaml({ file, text, code: 'config_invalid' }, KeyPolicy)

/** The same of paths. */
export const parseFilePolicy = (text: string, file: string): EntryPolicy<KeyAnswer> =>
  parseYaml({ file, text, code: 'config_invalid' }, FilePolicy)

export interface FoundRule<EntryAnswer> {
  readonly rule: EntryRule<EntryAnswer>
  readonly pieces: readonly Piece[]
}

/** What answers for a name; undefined where nothing does. */
export function ruleFor<EntryAnswer>(
  policy: EntryPolicy<EntryAnswer>,
  name: Buffer,
): FoundRule<EntryAnswer> | undefined {
  const text = name.toString('latin1')
  for (const rule of policy) {
    const pieces = matchPattern(rule.pattern, text)
    if (pieces !== undefined) return { rule, pieces }
  }
  return undefined
}

const ValueAnswer = z.unknown().transform((value, context): Strategy | 'drop' => {
  if (value === 'drop') return 'drop'
  const parsed = Answer.safeParse(value)
  for (const { path, message } of parsed.error?.issues ?? [])
    context.addIssue({ code: 'custom', path: [...path], message: `${message}, or drop` })
  const answer = parsed.data
  if (answer === undefined) return z.NEVER
  if ('name' in answer && answer.name !== 'null' && answer.shiftBy === undefined) return answer
  context.addIssue('cannot be answered so here: there are neither columns nor NULL; say drop')
  return z.NEVER
})

function rulesOf<EntryAnswer>(separator: string, answer: z.ZodType<EntryAnswer>) {
  return z.record(z.string(), answer).transform((given, context) => {
    const rules = Object.entries(given).flatMap(([text, answered]): EntryRule<EntryAnswer>[] => {
      try {
        return [{ pattern: parsePattern(text, separator), answer: answered }]
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause
        context.addIssue({ code: 'custom', path: [text], message: cause.message })
        return []
      }
    })
    const [wild = [], literal = []] = [true, false].map((wanted) =>
      rules.filter(({ pattern }) => isWild(pattern) === wanted),
    )
    return [...literal, ...wild]
  })
}

const Fields = z.strictObject({ fields: rulesOf(noSeparator, ValueAnswer) })

const KeyAnswer = z.unknown().transform((value, context): KeyAnswer => {
  const hash = typeof value === 'object' && value !== null && 'fields' in value
  const parsed = hash ? Fields.safeParse(value) : ValueAnswer.safeParse(value)
  for (const { path, message } of parsed.error?.issues ?? [])
    context.addIssue({ code: 'custom', path: [...path], message })
  if (parsed.data === undefined) return z.NEVER
  if (parsed.data === 'drop') return { do: 'drop' }
  if ('fields' in parsed.data) return { do: 'fields', fields: parsed.data.fields }
  return { do: 'values', strategy: parsed.data }
})

const KeyPolicy = rulesOf(keySeparator, KeyAnswer)

const standIns: readonly unknown[] = ['empty', 'placeholder']
const isStandIn = (value: unknown): value is StandIn => standIns.includes(value)
/** Of a whole file: what it holds is no single value of a kind. */
const fitForFiles: readonly string[] = ['keep', 'text', 'json']

const FileAnswer = z.unknown().transform((value, context): KeyAnswer => {
  if (isStandIn(value)) return { do: 'instead', standIn: value }
  const parsed = ValueAnswer.safeParse(value)
  if (parsed.data === 'drop') return { do: 'drop' }
  if (parsed.data !== undefined && fitForFiles.includes(parsed.data.name))
    return { do: 'values', strategy: parsed.data }
  const inside = parsed.error?.issues.find(({ path }) => path.length > 0)
  context.addIssue({
    code: 'custom',
    path: [...(inside?.path ?? [])],
    message:
      inside?.message ??
      'must be one of drop, empty, placeholder, keep, text, or { json: { "$.path": … } }',
  })
  return z.NEVER
})

const FilePolicy = rulesOf(pathSeparator, FileAnswer)

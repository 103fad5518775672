import { z } from 'zod'
import { type ColumnRef, type Strategy, type StrategyName, strategyNames } from '../shapes.ts'
import { parseColumnKey } from './names.ts'

const pathPattern = /^\$(?:\.[\w$-]+|\[\*\]|\["(?:[^"\\]|\\.)*"\])*$/
const allowedNames = `must be one of ${strategyNames.join(', ')}`

/** YAML reads a bare `null` as nothing; here it is the strategy of that name. */
const Name = z
  .custom<StrategyName>(
    (value) => value === null || (strategyNames as readonly unknown[]).includes(value),
    allowedNames,
  )
  .transform((value): StrategyName => value ?? 'null')

const Path = z.string().regex(pathPattern, {
  error: 'is no path: write $, $.key, $.list[*].key or $["any key"]',
})
const Paths = z.record(
  Path,
  Name.refine((name) => name !== 'json', 'a path cannot be answered with json'),
)

const Reference = z.string().transform((text, context): ColumnRef => {
  const found = parseColumnKey(text)
  if (found) return found
  context.addIssue('must be schema.table.column, such as public.users.id')
  return z.NEVER
})

/** As it stands in the file; an answer by likeness has its strategy from the column it names. */
export type GivenAnswer = Strategy | { readonly like: readonly ColumnRef[] }

const forms = {
  json: z.object({ json: z.preprocess((value) => value ?? {}, Paths) }),
  like: z.object({
    like: z.union([Reference.transform((one) => [one]), z.array(Reference).min(1)]),
  }),
  date: z.object({ date: z.strictObject({ shift_by: z.string().min(1) }) }),
}

export const Answer = z.unknown().transform((value, context): GivenAnswer => {
  const form = formOf(value)
  const parsed = form === undefined ? Name.safeParse(value) : forms[form].safeParse(value)
  if (parsed.success) return answerOf(parsed.data)
  for (const issue of parsed.error.issues) {
    const hint = form === undefined ? `${allowedNames}, or ${others}` : messageOf(issue)
    context.addIssue({ code: 'custom', path: [...issue.path], message: hint })
  }
  return z.NEVER
})

const others =
  '{ json: { "$.path": … } }, { like: schema.table.column } or { date: { shift_by: column } }'

/** A key that is no path carries its own complaint inside. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
}

function formOf(value: unknown): keyof typeof forms | undefined {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1)
    return undefined
  return (['json', 'like', 'date'] as const).find((form) => Object.hasOwn(value, form))
}

type Given =
  | StrategyName
  | { [Form in keyof typeof forms]: z.output<(typeof forms)[Form]> }[keyof typeof forms]

function answerOf(given: Given): GivenAnswer {
  if (typeof given === 'string') return { name: given }
  if ('json' in given) return { name: 'json', paths: given.json }
  return 'like' in given ? given : { name: 'date', shiftBy: given.date.shift_by }
}

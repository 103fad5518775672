import { parseYaml } from '@stuntdouble/sdk/yaml'
import { z } from 'zod'
import { type Policy, type Strategy, type StrategyName, strategyNames } from '../shapes.ts'
import { parseTableKey, tableKey } from './names.ts'

const pathPattern = /^\$(?:\.[\w$-]+|\[\*\]|\["(?:[^"\\]|\\.)*"\])*$/
const allowedNames = `must be one of ${strategyNames.join(', ')}`

/** YAML reads a bare `null` as nothing; here it is the strategy of that name. */
const Name = z
  .custom<StrategyName>(
    (value) => value === null || (strategyNames as readonly unknown[]).includes(value),
    allowedNames,
  )
  .transform((value): StrategyName => value ?? 'null')

const Paths = z.record(
  z.string(),
  Name.refine((name) => name !== 'json', 'a path cannot be answered with json'),
)

const Answer = z.unknown().transform((value, context): Strategy => {
  const nested = isJsonAnswer(value)
  const parsed = nested ? Paths.safeParse(value.json ?? {}) : Name.safeParse(value)
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = nested ? ['json', ...issue.path] : issue.path
      const message = nested ? issue.message : `${allowedNames}, or { json: { "$.path": … } }`
      context.addIssue({ code: 'custom', path, message })
    }
    return z.NEVER
  }
  if (typeof parsed.data === 'string') return { name: parsed.data }
  for (const path of Object.keys(parsed.data)) {
    if (!pathPattern.test(path))
      context.addIssue({
        code: 'custom',
        path: ['json', path],
        message: 'is no path: write $, $.key, $.list[*].key or $["any key"]',
      })
  }
  return { name: 'json', paths: parsed.data }
})

const Columns = z.record(z.string(), Answer)
const PolicyFile = z.record(z.string(), Columns.nullable()).transform((tables, context): Policy => {
  const policy: Record<string, Record<string, Strategy>> = {}
  for (const [key, columns] of Object.entries(tables)) {
    const table = parseTableKey(key)
    const name = table ? tableKey(table) : key
    if (!table) complain(context, key, 'must be schema.table, such as public.customer')
    else if (Object.hasOwn(policy, name)) complain(context, key, 'is named twice')
    policy[name] = columns ?? {}
  }
  return policy
})

/** Reads masking.yaml. Throws `config_invalid` naming file, line, key and what is allowed there. */
export function parsePolicy(text: string, file: string): Policy {
  return parseYaml({ file, text, code: 'config_invalid' }, PolicyFile)
}

function isJsonAnswer(value: unknown): value is { json: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 1 &&
    Object.hasOwn(value, 'json')
  )
}

function complain(context: z.RefinementCtx, key: string, message: string): void {
  context.addIssue({ code: 'custom', path: [key], message })
}

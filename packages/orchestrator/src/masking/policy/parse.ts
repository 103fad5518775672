import { parseYaml } from '@stuntdouble/sdk/yaml'
import { z } from 'zod'
import type { Policy } from '../shapes.ts'
import { Answer, type GivenAnswer } from './answer.ts'
import { withLikeness } from './likeness.ts'
import { parseTableKey, tableKey } from './names.ts'
import { type Pin, pinKey } from './pin.ts'

const Columns = z.record(z.string(), Answer)
const Pinned = z.record(z.string(), z.record(z.string(), z.string()))
const Tables = z.record(z.string(), Columns.nullable()).transform((tables, context): Policy => {
  const given: Record<string, Record<string, GivenAnswer>> = {}
  for (const [key, columns] of Object.entries(tables)) {
    const table = parseTableKey(key)
    const name = table ? tableKey(table) : key
    if (!table) complain(context, key, 'must be schema.table, such as public.customer')
    else if (Object.hasOwn(given, name)) complain(context, key, 'is named twice')
    given[name] = columns ?? {}
  }
  return withLikeness(given, context)
})

const PolicyFile = z.record(z.string(), z.unknown()).transform((file, context): PolicyText => {
  const { [pinKey]: pin, ...tables } = file
  const answers = Tables.safeParse(tables)
  const pinned = Pinned.optional().safeParse(pin)
  for (const { path, message } of answers.error?.issues ?? [])
    context.addIssue({ code: 'custom', path: [...path], message })
  for (const { path, message } of pinned.error?.issues ?? [])
    context.addIssue({ code: 'custom', path: [pinKey, ...path], message })
  return { policy: answers.data ?? {}, pin: pinned.data }
})

/** A policy, and the schema that it was reviewed for where it says so. */
export interface PolicyText {
  readonly policy: Policy
  readonly pin: Pin | undefined
}

/** Reads masking.yaml. Throws `config_invalid` naming file, line, key and what is allowed there. */
export function parsePolicyFile(text: string, file: string): PolicyText {
  return parseYaml({ file, text, code: 'config_invalid' }, PolicyFile)
}

export const parsePolicy = (text: string, file: string): Policy =>
  parsePolicyFile(text, file).policy

function complain(context: z.RefinementCtx, key: string, message: string): void {
  context.addIssue({ code: 'custom', path: [key], message })
}

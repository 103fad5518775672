import type { z } from 'zod'
import type { ColumnRef, Policy, Strategy, TableShape } from '../shapes.ts'
import type { GivenAnswer } from './answer.ts'
import { columnKey, tableKey } from './names.ts'

type Given = Readonly<Record<string, Readonly<Record<string, GivenAnswer>>>>

/** Gives columns that are answered by likeness the strategy of the column they name. */
export function withLikeness(given: Given, context: z.RefinementCtx): Policy {
  const resolve = (answer: GivenAnswer, seen: readonly string[]): Strategy | string => {
    if ('name' in answer) return answer
    const found = answer.like.map((ref) => follow(ref, seen))
    const wrong = found.find((one) => typeof one === 'string')
    if (wrong !== undefined) return wrong
    const [first, ...rest] = found as Strategy[]
    if (rest.some((other) => JSON.stringify(other) !== JSON.stringify(first)))
      return 'is like columns whose answers differ'
    return { ...(first as Strategy), like: answer.like }
  }
  const follow = (ref: ColumnRef, seen: readonly string[]): Strategy | string => {
    const name = columnKey(ref)
    const columns = given[tableKey(ref.table)]
    const answer = columns && Object.hasOwn(columns, ref.column) ? columns[ref.column] : undefined
    if (answer === undefined) return `is like ${name}, which has no answer here`
    if (seen.includes(name)) return `is like ${name}, which is like itself`
    const found = resolve(answer, [...seen, name])
    if (typeof found === 'string') return found
    const { like: _, ...strategy } = found
    return strategy
  }

  const policy: Record<string, Record<string, Strategy>> = {}
  for (const [table, columns] of Object.entries(given)) {
    const resolved: Record<string, Strategy> = {}
    policy[table] = resolved
    for (const [column, answer] of Object.entries(columns)) {
      const found = resolve(answer, [])
      if (typeof found !== 'string') resolved[column] = found
      else context.addIssue({ code: 'custom', path: [table, column], message: found })
    }
  }
  return policy
}

/** Likeness as a foreign key is one: what it joins has one mapping, one length, one kind of equality. */
export function withLikenessKeys(
  shapes: readonly TableShape[],
  policy: Policy,
): readonly TableShape[] {
  return shapes.map((table) => {
    const answers = Object.entries(policy[tableKey(table)] ?? {})
    const keys = answers.flatMap(([column, { like = [] }]) =>
      table.columns.some(({ name }) => name === column)
        ? like.map((ref) => ({
            ...{ columns: [column], target: ref.table, targetColumns: [ref.column] },
          }))
        : [],
    )
    return keys.length === 0 ? table : { ...table, foreignKeys: [...table.foreignKeys, ...keys] }
  })
}

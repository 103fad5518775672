import { closureOf, type Member } from '../policy/closure.ts'
import { misfit, neededLength } from '../policy/fit.ts'
import { isMasked, tableKey } from '../policy/names.ts'
import type { ProposedAnswer, TableShape } from '../shapes.ts'

/**
 * Gives all columns that foreign keys join the answer of the one we know most about, a masking one
 * before any that keeps, and swaps answers that a unique index or a type would refuse.
 */
export function unify(
  shapes: readonly TableShape[],
  answers: readonly ProposedAnswer[],
): readonly ProposedAnswer[] {
  const closure = closureOf(shapes)
  const byColumn = new Map(answers.map((answer) => [idOf(answer), answer]))
  return answers.map((answer) => {
    const members = closure.classOf(answer.table, answer.column)
    const known = members.flatMap((member) => byColumn.get(idOf(member)) ?? [])
    const leader = members.length > 1 ? leaderOf(known) : answer
    const led =
      leader === answer || idOf(leader) === idOf(answer)
        ? answer
        : {
            ...answer,
            strategy: leader.strategy,
            confidence: leader.confidence,
            unsure: leader.unsure,
            reason: reasonFrom(leader),
          }
    return fitted(led, members)
  })
}

function leaderOf(answers: readonly ProposedAnswer[]): ProposedAnswer {
  return [...answers].sort(
    (one, other) =>
      Number(isMasked(other.strategy)) - Number(isMasked(one.strategy)) ||
      other.confidence - one.confidence ||
      idOf(one).localeCompare(idOf(other)),
  )[0] as ProposedAnswer
}

function reasonFrom({ table, column, reason }: ProposedAnswer): string {
  return `as ${tableKey(table)}.${column}, which a foreign key joins to it: ${reason}`
}

/** What suits every member, alike for all of them. */
function fitted(answer: ProposedAnswer, members: readonly Member[]): ProposedAnswer {
  const shapes = members.flatMap(({ shape }) => shape ?? [])
  const fits = (name: ProposedAnswer['strategy']['name']) =>
    shapes.every((shape) => misfit(shape, { name }) === undefined)
  const room = Math.min(...shapes.map(({ maxLength }) => maxLength ?? Infinity))
  const unique = members.some((member) => member.unique)
  const { name } = answer.strategy
  if (fits(name) && !(unique && (neededLength(name) > room || name === 'json'))) return answer
  // Rather an answer that no build accepts than one that quietly keeps.
  const instead = (['secret', 'uuid', 'number', 'null'] as const).find(fits) ?? 'null'
  return {
    ...answer,
    strategy: { name: instead },
    unsure: true,
    reason: `${answer.reason}; ${name} does not fit every column it is joined to, or its unique index`,
  }
}

function idOf({ table, column }: { table: TableShape | ProposedAnswer['table']; column: string }) {
  return JSON.stringify([tableKey(table), column])
}

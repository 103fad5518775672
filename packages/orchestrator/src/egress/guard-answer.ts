import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'
import { Refusal } from './denial.ts'
import { passedOn } from './headers.ts'
import type { Wanted } from './rules.ts'
import type { Way } from './way.ts'

/**
 * The headers that are passed on. Of a host that may know a value, an answer whose head holds it, or
 * whose body could not be read for it, is held back: throws a `Refusal`.
 */
export function headOfAnswer(way: Way, want: Wanted, answer: IncomingMessage): string[] {
  if (!way.broker.guards(want.host)) return passedOn(answer.rawHeaders)
  if (!isReadable(answer)) throw new Refusal('answer_unreadable', want)
  const credential = way.broker.valueIn([answer.statusMessage, ...answer.rawHeaders].join('\0'))
  if (credential === undefined) return passedOn(answer.rawHeaders)
  const alarm = { alarm: 'echo', credential, where: 'in an answer’s head' } as const
  throw new Refusal('credential_echoed', want, alarm)
}

/** Whole, and not encoded. Neither was asked for, so a server that does otherwise does so on its own. */
function isReadable({ statusCode, headers }: IncomingMessage): boolean {
  const plain = (value: string | undefined, word: string) =>
    value === undefined || value.trim().toLowerCase() === word
  return (
    statusCode !== 206 &&
    plain(headers['content-encoding'], 'identity') &&
    plain(headers['transfer-encoding'], 'chunked')
  )
}

/** What the body passes through; each alarm is raised once for an answer. */
export function scrubbersFor(way: Way, want: Wanted): readonly Transform[] {
  if (!way.broker.guards(want.host)) return []
  const told = new Set<string>()
  return way.broker.scrubbers((credential) => {
    if (told.has(credential)) return
    told.add(credential)
    way.raise({ alarm: 'echo', credential, where: 'in an answer’s body' }, want)
  })
}

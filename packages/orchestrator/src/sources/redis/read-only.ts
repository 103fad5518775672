import type { Argument, Reply, Session } from './session.ts'

/**
 * Everything that is ever said to a production store: none of these changes anything, none walks
 * through all of it at once, as KEYS does, and none runs a script.
 */
const allowed = new Set([
  ...['INFO', 'SCAN', 'TYPE', 'PTTL', 'STRLEN', 'GET'],
  ...['LRANGE', 'HSCAN', 'SSCAN', 'ZSCAN'],
] as const)
export type ReadCommand = typeof allowed extends Set<infer Command> ? Command : never

/** A session that can only read. */
export interface Reader {
  call(command: ReadCommand, ...args: readonly Argument[]): Promise<Reply>
}

/** The types say it and so does this: what is not allowed is not sent. */
export function readerOf(session: Pick<Session, 'call'>): Reader {
  return {
    call: async (command, ...args) => {
      if (!allowed.has(command)) throw new TypeError(`${command} is no command that reads`)
      return await session.call(command, ...args)
    },
  }
}

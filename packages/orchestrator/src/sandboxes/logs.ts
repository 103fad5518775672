import { SandboxError } from '@stuntdouble/sdk/errors'
import type { LogQuery, SandboxLog } from '@stuntdouble/sdk/wire'
import { workspaceContainer } from '../doors/doors.ts'
import type { Desk } from './desk.ts'
import type { Roster } from './roster.ts'
import type { Sandbox } from './sandbox.ts'

/**
 * The end of what the main program of a database, a service or the workspace wrote. Throws
 * `address_not_found` for a name that is none of them, and what `Roster.ready` does.
 */
export type Logs = (
  id: string,
  asked: LogQuery & { readonly name: string },
  signal: AbortSignal,
) => Promise<SandboxLog>

export function createLogs({ engine }: Pick<Desk, 'engine'>, roster: Pick<Roster, 'ready'>): Logs {
  return async (id, { name, bytes }, signal) => {
    const names = membersOf(roster.ready(id))
    if (!names.includes(name)) throw noSuchMember(id, name, names)
    return { name, text: await engine.logs(id, name, bytes, signal) }
  }
}

/** Not the gate: what it says is ours. */
const membersOf = ({ databases, blueprint }: Sandbox) => [
  workspaceContainer,
  ...databases.map(({ name }) => name),
  ...Object.keys(blueprint.services),
]

const noSuchMember = (id: string, name: string, names: readonly string[]) =>
  new SandboxError('address_not_found', `Sandbox "${id}" runs no "${name.slice(0, 100)}".`, {
    hint: `It has ${names.join(', ')}.`,
  })

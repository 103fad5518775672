import type { Connection } from '../http/connection.ts'
import { sendForJson } from '../http/http.ts'
import { Welcome } from '../wire/door.ts'

export * from './background.ts'
export { type CommandOptions, problemOf, runCommand } from './command.ts'
export * from './files.ts'
export { parseHandoverUrl } from './handover-url.ts'
export { Kept } from './kept.ts'
export { listPorts, portView } from './ports.ts'
export { openProcess, type ProcessSignal, type RemoteProcess } from './process.ts'
export { queryDatabase } from './queries.ts'

/** What the sandbox behind a hand-over URL says of itself. */
export const welcome = (door: Connection, signal?: AbortSignal): Promise<Welcome> =>
  sendForJson(door, { path: '', schema: Welcome, signal })

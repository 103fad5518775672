import type { Connection } from '../http/connection.ts'
import { sendForJson } from '../http/http.ts'
import { Welcome } from '../wire/door.ts'

export { type CommandOptions, runCommand } from './command.ts'
export * from './files.ts'
export { parseHandoverUrl } from './handover-url.ts'
export { openProcess, type RemoteProcess } from './process.ts'

/** What the sandbox behind a hand-over URL says of itself. */
export const welcome = (door: Connection, signal?: AbortSignal): Promise<Welcome> =>
  sendForJson(door, { path: '', schema: Welcome, signal })

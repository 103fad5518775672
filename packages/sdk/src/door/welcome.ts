import type { Connection } from '../http/connection.ts'
import { sendForJson } from '../http/http.ts'
import { Welcome } from '../wire/door.ts'

/** What the sandbox behind a hand-over URL says of itself. */
export const welcome = (door: Connection, signal?: AbortSignal): Promise<Welcome> =>
  sendForJson(door, { path: '', schema: Welcome, signal })

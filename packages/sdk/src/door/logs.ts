import type { Connection } from '../http/connection.ts'
import { sendForJson } from '../http/http.ts'
import { SandboxLog } from '../wire/logs.ts'

export interface LogOptions {
  /** As much of its end at most: 64 KiB when left out, 1 MiB at most. */
  readonly bytes?: number
  readonly signal?: AbortSignal | undefined
}

/** The end of what a database, a service or the workspace’s own main program said. */
export async function readLog(
  door: Connection,
  name: string,
  { bytes, signal }: LogOptions = {},
): Promise<string> {
  const query = bytes === undefined ? '' : `?bytes=${bytes}`
  const path = `/logs/${encodeURIComponent(name)}${query}`
  return (await sendForJson(door, { path, schema: SandboxLog, signal })).text
}

import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** One line of the engine's answer to a build, an import or a pull. */
export interface ImageEvent {
  readonly stream?: string
  readonly status?: string
  readonly id?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
  readonly error?: string
}

/** Reads the answer to its end; the engine reports a failure as a line in a successful response. */
export async function readImageEvents(
  response: NodeJS.ReadableStream,
  onEvent: (event: ImageEvent) => void,
): Promise<void> {
  const input = response as Readable
  let failure: Error | undefined
  input.once('error', (cause) => {
    failure = cause
  })
  for await (const line of createInterface({ input })) {
    if (line.trim() === '') continue
    const event = JSON.parse(line) as ImageEvent
    if (event.error !== undefined) throw new Error(event.error)
    onEvent(event)
  }
  if (failure) throw failure
}

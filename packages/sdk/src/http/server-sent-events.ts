import { linesOf } from './lines.ts'

export interface ServerSentEvent {
  /** Where to go on from; undefined where the server has not said. */
  readonly id: string | undefined
  /** Empty where the server only says where to go on from. */
  readonly data: string
}

/** Read by fetch and not by EventSource, which can send no key. */
export async function* serverSentEvents(
  response: Response,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let id: string | undefined
  let data: string[] = []
  for await (const line of linesOf(response)) {
    if (line.startsWith('data:')) data.push(textOf(line))
    if (line.startsWith('id:')) id = textOf(line)
    if (line !== '') continue
    yield { id, data: data.join('\n') }
    data = []
  }
}

const textOf = (line: string) => line.slice(line.indexOf(':') + 1).replace(/^ /, '')

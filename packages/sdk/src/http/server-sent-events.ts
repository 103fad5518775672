import { linesOf } from './lines.ts'

/** The data of each event. Read by fetch and not by EventSource, which can send no key. */
export async function* serverSentEvents(
  response: Response,
): AsyncGenerator<string, void, undefined> {
  let data: string[] = []
  for await (const line of linesOf(response)) {
    if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
    if (line !== '' || data.length === 0) continue
    yield data.join('\n')
    data = []
  }
}

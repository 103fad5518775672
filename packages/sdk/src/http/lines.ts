import { bodyOf } from './body.ts'
import { malformedAnswer } from './http-errors.ts'

/** Far above any line of ours; a server that never ends a line must not fill our memory. */
const longestLine = 32 * 1024 * 1024

/** The lines of a streamed answer, without their ends. Leaving the loop early closes the connection. */
export async function* linesOf(response: Response): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  const reader = bodyOf(response).getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > longestLine) throw malformedAnswer()
      yield* lines.map((line) => line.replace(/\r$/, ''))
    }
    if (rest) yield rest
  } finally {
    await reader.cancel().catch(() => {})
  }
}

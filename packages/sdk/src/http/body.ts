import { cutShort } from './http-errors.ts'

/** The bytes of an answer. Where the connection ends before they do, that is a SandboxError. */
export function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  const reader = (body ?? new Blob([]).stream()).getReader()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch((cause) => {
        throw cutShortUnlessAborted(cause)
      })
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

function cutShortUnlessAborted(cause: unknown): unknown {
  return cause instanceof TypeError ? cutShort() : cause
}

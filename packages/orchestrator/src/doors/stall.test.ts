import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createStall, patiently } from './stall.ts'

const anySignal = new AbortController().signal

/** Work that ends, well or ill, when it is killed. */
const until = (signal: AbortSignal, end: () => string) =>
  new Promise<string>((resolve, reject) => {
    signal.addEventListener('abort', () => {
      try {
        resolve(end())
      } catch (cause) {
        reject(cause)
      }
    })
  })

test('work that comes in time is itself, and so is its failure', async () => {
  const stall = createStall(anySignal, '/x', 1000)

  expect(await stall.awaiting(Promise.resolve(1))).toBe(1)
  await expect(stall.awaiting(Promise.reject(new Error('its own')))).rejects.toThrow('its own')
  expect(stall.signal.aborted).toBe(false)
})

test.each([
  ['well', () => 'killed'],
  [
    'ill',
    () => {
      throw new Error('killed')
    },
  ],
] as [string, () => string][])(
  'what takes too long is timed out, though it ends %s',
  async (_how, end) => {
    const stall = createStall(anySignal, '/x', 5)

    await expect(stall.awaiting(until(stall.signal, end))).rejects.toMatchObject({
      ...{ code: 'timed_out', message: expect.stringContaining('"/x"') },
    })
  },
)

test('a reader may take its time; only the process is hurried', async () => {
  const output = new PassThrough()
  output.end('all of it')
  const read: string[] = []
  for await (const chunk of patiently(output, createStall(anySignal, '/x', 5))) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    read.push(String(chunk))
  }

  expect(read).toEqual(['all of it'])
})

import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { demultiplex } from './demultiplex.ts'

test.each([1, 3, 8, 11, 1000])(
  'streams come apart whatever the chunks (%d bytes)',
  async (size) => {
    const { source, stdout, stderr } = streams()
    const framed = Buffer.concat([
      frame(1, 'out one '),
      frame(2, 'err'),
      frame(1, ''),
      frame(1, 'two'),
    ])

    const done = demultiplex(source, { stdout, stderr }).then(() => {
      stdout.end()
      stderr.end()
    })
    for (let at = 0; at < framed.length; at += size) source.write(framed.subarray(at, at + size))
    source.end()
    expect(await Promise.all([text(stdout), text(stderr)])).toEqual(['out one two', 'err'])
    await done
  },
)

test('a full reader stops the source', async () => {
  const { source, stdout, stderr } = streams()
  void demultiplex(source, { stdout, stderr })

  let written = 0
  while (source.write(frame(1, 'x'.repeat(10_000)))) {
    written += 10_000
    await turn()
    if (written > 10_000_000) throw new Error('nothing held it up')
  }
  expect(stdout.readableLength).toBeLessThan(200_000)
})

test('a released reader holds nobody up', async () => {
  const { source, stdout, stderr } = streams()
  const release = new AbortController()
  const done = demultiplex(source, { stdout, stderr, released: release.signal })

  source.write(frame(1, 'x'.repeat(500_000)))
  await once(stdout, 'readable')
  release.abort()
  source.end(frame(1, 'y'.repeat(500_000)))
  await done
  expect(stdout.readableLength).toBeLessThan(600_000)
})

test('a reader that left does not stop the other stream', async () => {
  const { source, stdout, stderr } = streams()
  stdout.destroy()
  const done = demultiplex(source, { stdout, stderr })

  source.write(frame(1, 'x'.repeat(500_000)))
  source.end(frame(2, 'still here'))
  await done
  stderr.end()
  expect(await text(stderr)).toBe('still here')
})

const streams = () => ({
  source: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
})

function frame(type: number, payload: string): Buffer {
  const header = Buffer.alloc(8)
  header[0] = type
  header.writeUInt32BE(Buffer.byteLength(payload), 4)
  return Buffer.concat([header, Buffer.from(payload)])
}

import { Readable } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzz } from '../../../../../../script/lib/fuzz.ts'
import { endEnvelope, envelope, envelopesIn, largestMessageBytes } from './envelope.ts'

/** What comes of bytes that are cut where the network likes. */
async function read(bytes: Buffer, pieceBytes: number): Promise<unknown[]> {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes)
    pieces.push(bytes.subarray(at, at + pieceBytes))
  const messages: unknown[] = []
  for await (const message of envelopesIn(Readable.from(pieces))) messages.push(message)
  return messages
}

const pieceBytes = fc.integer({ min: 1, max: 40 })

test('messages come out as they went in, wherever they are cut', async () => {
  const messages = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(messages, pieceBytes, fc.boolean(), async (sent, size, ended) => {
      const parts = sent.map((message) => envelope(message))
      const bytes = Buffer.concat([...parts, ...(ended ? [endEnvelope()] : [])])

      expect(await read(bytes, size)).toEqual(JSON.parse(JSON.stringify(sent)))
    }),
  )
})

test('whatever comes is messages, or refused by name', async () => {
  await fuzz(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), pieceBytes, async (bytes, size) => {
      const outcome = await read(Buffer.from(bytes), size).catch((cause: unknown) => cause)

      expect(Array.isArray(outcome) || outcome instanceof SandboxError).toBe(true)
    }),
  )
})

test('a message that says it is huge is refused before it came', async () => {
  const header = Buffer.alloc(5)
  header.writeUInt32BE(largestMessageBytes + 1, 1)

  await expect(read(header, 5)).rejects.toMatchObject({ code: 'capacity' })
})

test('one that is compressed, or torn, is refused', async () => {
  await expect(read(Buffer.from([1, 0, 0, 0, 0]), 5)).rejects.toMatchObject({
    code: 'not_implemented',
  })
  await expect(read(envelope({ a: 1 }).subarray(0, 8), 8)).rejects.toMatchObject({ code: 'usage' })
})

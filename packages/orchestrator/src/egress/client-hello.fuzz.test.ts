import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzz } from '../../../../script/lib/fuzz.ts'
import { readClientHello } from './client-hello.ts'

const u16 = (value: number) => Buffer.from([value >> 8, value & 255])
const vector = (bytes: Buffer) => Buffer.concat([u16(bytes.length), bytes])

/** One record around a hello that names a server. */
function helloNaming(name: string, extra: readonly Buffer[]): Buffer {
  const entry = Buffer.concat([Buffer.from([0]), vector(Buffer.from(name, 'latin1'))])
  const names = Buffer.concat([u16(0), vector(vector(entry))])
  const body = Buffer.concat([
    ...[Buffer.from([3, 3]), Buffer.alloc(32), Buffer.from([0]), vector(u16(0x1301))],
    ...[Buffer.from([1, 0]), vector(Buffer.concat([names, ...extra]))],
  ])
  const message = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body])
  return Buffer.concat([Buffer.from([22, 3, 1]), u16(message.length), message])
}

const name = fc.stringMatching(/^[a-z0-9.-]{1,60}$/)
const extension = fc
  .tuple(fc.integer({ min: 1, max: 0xffff }), fc.uint8Array({ maxLength: 40 }))
  .map(([type, content]) => Buffer.concat([u16(type), vector(Buffer.from(content))]))
const cuts = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 20 })

/** The same message over several records. */
function spread(hello: Buffer, sizes: readonly number[]): Buffer {
  const message = hello.subarray(5)
  const records: Buffer[] = []
  for (let at = 0, turn = 0; at < message.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    const piece = message.subarray(at, at + size)
    records.push(Buffer.from([22, 3, 1]), u16(piece.length), piece)
    at += size
  }
  return Buffer.concat(records)
}

test('a name is read the same however the message is spread, and from no less than all of it', async () => {
  await fuzz(
    fc.property(name, fc.array(extension, { maxLength: 4 }), cuts, (server, extra, sizes) => {
      const whole = helloNaming(server, extra)
      const read = readClientHello(whole)
      const records = spread(whole, sizes)
      const again = readClientHello(records)
      // Many small records are given up on; a name that is read is the one that was written.
      expect([read, { state: 'broken' }]).toContainEqual(again)
      if (read.state === 'whole') expect(read.serverName).toBe(server)
      for (let length = 0; length < whole.length; length += 7)
        expect(readClientHello(whole.subarray(0, length)).state).not.toBe('whole')
    }),
  )
})

test('of other bytes it throws nothing, and reads no name that could not be one', async () => {
  const mutated = fc
    .tuple(name, fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }))
    .map(([server, changes]) => {
      const bytes = helloNaming(server, [])
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      return bytes
    })
  const any = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))
  await fuzz(
    fc.property(fc.oneof(mutated, any), (bytes) => {
      const read = readClientHello(bytes)
      if (read.state === 'whole' && read.serverName !== undefined)
        expect(read.serverName).toMatch(/^[\x21-\x7e]+$/)
    }),
  )
})

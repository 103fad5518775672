import { duplexPair } from 'node:stream'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxHelloBytes, readClientHello } from './client-hello.ts'

/** What a real client says first. */
export async function helloOf(servername: string): Promise<Buffer> {
  const [near, far] = duplexPair()
  const client = connect({ socket: near, servername, ALPNProtocols: ['h2', 'http/1.1'] })
  client.on('error', () => {})
  const [chunk] = await far.take(1).toArray()
  client.destroy()
  return chunk
}

/** The same message in records of `size` bytes each. */
function fragmented(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5)
  const records: Buffer[] = []
  for (let at = 0; at < message.length; at += size) {
    const piece = message.subarray(at, at + size)
    records.push(Buffer.from([22, 3, 1, piece.length >> 8, piece.length & 255]), piece)
  }
  return Buffer.concat(records)
}

/** A hello with nothing but these extensions. */
function helloWith(...extensions: readonly (readonly [type: number, content: Buffer])[]): Buffer {
  const listed = extensions.map(([type, content]) => Buffer.concat([u16(type), sized(content)]))
  const body = Buffer.concat([
    Buffer.alloc(34, 3),
    Buffer.from([0]),
    sized(Buffer.from([0x13, 0x01])),
    Buffer.from([1, 0]),
    sized(Buffer.concat(listed)),
  ])
  const message = Buffer.concat([Buffer.from([1, 0]), sized(body)])
  return Buffer.concat([Buffer.from([22, 3, 1]), sized(message)])
}

const u16 = (number: number) => Buffer.from([number >> 8, number & 255])
const sized = (content: Buffer) => Buffer.concat([u16(content.length), content])
const name = (host: string, type = 0) =>
  Buffer.concat([Buffer.from([type]), sized(Buffer.from(host, 'latin1'))])
const serverName = (...names: Buffer[]) => [0, sized(Buffer.concat(names))] as const

describe('the first message of TLS', () => {
  test('of a real client names the server', async () => {
    expect(readClientHello(await helloOf('Api.Example.com'))).toEqual({
      state: 'whole',
      serverName: 'api.example.com',
      encrypted: false,
    })
  })

  test.each([30, 300])('is read from records of %i bytes', async (size) => {
    const hello = fragmented(await helloOf('api.example.com'), size)

    expect(readClientHello(hello)).toMatchObject({ serverName: 'api.example.com' })
  })

  test('is waited for while it is not whole, and never guessed', async () => {
    const hello = fragmented(await helloOf('api.example.com'), 100)
    for (let length = 0; length < hello.length; length++) {
      expect(readClientHello(hello.subarray(0, length))).toEqual({ state: 'partial' })
    }
  })

  test('may name no server', () => {
    expect(readClientHello(helloWith([16, Buffer.alloc(3)]))).toEqual({
      state: 'whole',
      serverName: undefined,
      encrypted: false,
    })
  })

  test('may hide another one inside', () => {
    const hello = helloWith(serverName(name('a.example')), [0xfe0d, Buffer.alloc(40)])

    expect(readClientHello(hello)).toMatchObject({ serverName: 'a.example', encrypted: true })
  })

  test.each([
    ['two server names', helloWith(serverName(name('a.example'), name('b.example')))],
    ['two lists of names', helloWith(serverName(name('a')), serverName(name('b')))],
    ['a name of another kind', helloWith(serverName(name('a.example', 1)))],
    ['an empty name', helloWith(serverName(name('')))],
    ['a name with a NUL', helloWith(serverName(name('a.example\0.b')))],
    ['a name beyond ASCII', helloWith(serverName(name('\u00e4.example')))],
    ['a list longer than its extension', helloWith([0, Buffer.from([0, 9, 0, 0, 1, 97])])],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['SSL 2', Buffer.from('802e0100020015', 'hex')],
    ['an empty record', Buffer.from('1603010000', 'hex')],
    ['another handshake message', Buffer.from('160301000402000000', 'hex')],
    ['a message of 16 MB', Buffer.from('160301000401ffffff', 'hex')],
    ['more records than any client sends', fragmented(helloWith([16, Buffer.alloc(200)]), 1)],
    ['an alert', Buffer.from('15030100020100', 'hex')],
    ['more than any client says', Buffer.alloc(maxHelloBytes + 1, 22)],
  ])('is refused when it is %s', (_what, bytes) => {
    expect(readClientHello(bytes)).toEqual({ state: 'broken' })
  })

  test('never fails, whatever comes', async () => {
    const hello = await helloOf('api.example.com')
    const mutated = fc
      .tuple(fc.nat(hello.length - 1), fc.uint8Array({ maxLength: 4 }), fc.nat(hello.length))
      .map(([at, bytes, end]) => {
        const copy = Buffer.from(hello)
        copy.set(bytes.slice(0, copy.length - at), at)
        return copy.subarray(0, end)
      })
    const any = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.oneof(any, mutated), (bytes) => {
        expect(['whole', 'partial', 'broken']).toContain(readClientHello(bytes).state)
      }),
      { numRuns: 3000 },
    )
  })
})

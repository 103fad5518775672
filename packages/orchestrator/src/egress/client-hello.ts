/** What a TLS client says first, as far as the way out needs it (RFC 8446, 4.1.2; RFC 6066, 3). */
export type ClientHello =
  /** More bytes are needed. */
  | { readonly state: 'partial' }
  /** Not TLS, or TLS that not everybody would read the same way. */
  | { readonly state: 'broken' }
  | {
      readonly state: 'whole'
      /** Lower case; undefined where the client names none. */
      readonly serverName: string | undefined
      /** Encrypted Client Hello, real or as a decoy: another name may stand inside. */
      readonly encrypted: boolean
    }

/** Several times what any client sends. */
export const maxHelloBytes = 32_768

/** Real clients use one or a few; without a limit, reading again after each would be slow. */
const maxRecords = 64

const handshakeRecord = 22
const clientHelloMessage = 1
const serverNameExtension = 0
const encryptedHelloExtension = 0xfe0d
const maxRecordBytes = 16_384

const partial = { state: 'partial' } as const
const broken = { state: 'broken' } as const

/** Reads the beginning of a stream. The message may be spread over many records. */
export function readClientHello(bytes: Buffer): ClientHello {
  if (bytes.length > maxHelloBytes) return broken
  const message: Buffer[] = []
  for (let at = 0, have = 0, need = 4; have < need; ) {
    const record = recordAt(bytes, at)
    if (record === 'broken' || message.length > maxRecords) return broken
    if (record === 'partial') return partial
    message.push(record)
    at += 5 + record.length
    have += record.length
    if (need === 4 && have >= 4) need += lengthIn(Buffer.concat(message))
    if (need > maxHelloBytes || (have > need && need > 4)) return broken
  }
  return parse(new Cursor(Buffer.concat(message).subarray(4)))
}

/** Of the message; more than there may be when it is another one. */
const lengthIn = (header: Buffer) =>
  header[0] === clientHelloMessage ? header.readUIntBE(1, 3) : maxHelloBytes

/** The content of one record: a piece of a handshake message, never empty. */
function recordAt(bytes: Buffer, at: number): Buffer | 'partial' | 'broken' {
  const [type, major, minor] = bytes.subarray(at)
  if (type !== undefined && type !== handshakeRecord) return 'broken'
  if (major !== undefined && major !== 3) return 'broken'
  if (minor !== undefined && minor > 4) return 'broken'
  if (bytes.length < at + 5) return 'partial'
  const length = bytes.readUInt16BE(at + 3)
  if (length === 0 || length > maxRecordBytes) return 'broken'
  return bytes.length < at + 5 + length ? 'partial' : bytes.subarray(at + 5, at + 5 + length)
}

function parse(hello: Cursor): ClientHello {
  hello.take(2 + 32)
  hello.vector(1)
  hello.vector(2)
  hello.vector(1)
  // A client without extensions, which ends here, names no server.
  const extensions = hello.left === 0 ? new Cursor(Buffer.alloc(0)) : hello.vector(2)
  const seen = new Map<number, Cursor>()
  while (extensions.left > 0 && !extensions.failed) {
    const type = extensions.number(2)
    if (seen.has(type)) return broken
    seen.set(type, extensions.vector(2))
  }
  if (hello.failed || hello.left > 0 || extensions.failed) return broken
  const names = seen.get(serverNameExtension)
  const serverName = names && nameIn(names)
  if (names && serverName === undefined) return broken
  return { state: 'whole', serverName, encrypted: seen.has(encryptedHelloExtension) }
}

/** The list holds one name, a host’s; undefined where it does not. */
function nameIn(extension: Cursor): string | undefined {
  const list = extension.vector(2)
  const type = list.number(1)
  const name = list.vector(2)
  const isOne = type === 0 && list.left === 0 && extension.left === 0
  if (!isOne || [extension, list, name].some(({ failed }) => failed)) return undefined
  const text = name.rest().toString('latin1')
  return /^[\x21-\x7e]{1,255}$/.test(text) ? text.toLowerCase() : undefined
}

/** Reads on and never past the end: what is not there is empty, and remembered. */
class Cursor {
  failed = false
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(count: number): Buffer {
    if (count > this.left) this.failed = true
    const taken = this.#bytes.subarray(this.#at, this.#at + count)
    this.#at += taken.length
    return this.failed ? Buffer.alloc(0) : taken
  }

  number(bytes: 1 | 2): number {
    const taken = this.take(bytes)
    return taken.length === bytes ? taken.readUIntBE(0, bytes) : 0
  }

  /** What follows its own length. */
  vector(lengthBytes: 1 | 2): Cursor {
    const inner = new Cursor(this.take(this.number(lengthBytes)))
    inner.failed = this.failed
    return inner
  }

  rest(): Buffer {
    return this.take(this.left)
  }
}

import { crc32, deflateRawSync } from 'node:zlib'

interface ZipOptions {
  /** Marks every entry as encrypted. */
  readonly encrypted?: boolean
}

/** A zip of these files, deflated: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export function zipOf(
  files: Readonly<Record<string, string | Buffer>>,
  { encrypted = false }: ZipOptions = {},
): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const raw = Buffer.from(content)
    const packed = deflateRawSync(raw)
    const facts = words([20, encrypted ? 1 : 0, 8, 0, 0])
    const sizes = longs([crc32(raw), packed.length, raw.length])
    const head = Buffer.concat([facts, sizes, words([name.length, 0])])
    const local = Buffer.concat([longs([0x04034b50]), head, Buffer.from(name), packed])
    const rest = Buffer.concat([words([0, 0, 0]), longs([0, offset]), Buffer.from(name)])
    directory.push(Buffer.concat([longs([0x02014b50]), words([20]), head, rest]))
    parts.push(local)
    offset += local.length
  }
  const entries = Buffer.concat(directory)
  const count = directory.length
  const end = Buffer.concat([
    ...[longs([0x06054b50]), words([0, 0, count, count])],
    ...[longs([entries.length, offset]), words([0])],
  ])
  return Buffer.concat([...parts, entries, end])
}

const words = (values: readonly number[]) => Buffer.from(new Uint16Array(values).buffer)
const longs = (values: readonly number[]) => Buffer.from(new Uint32Array(values).buffer)

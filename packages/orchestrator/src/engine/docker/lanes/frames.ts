/**
 * What is said between us and a runner: a type, a length of four bytes (the highest first, as every
 * number here), a payload. The other side of it is images/runner/frame.h.
 */
export const protocolVersion = 1

const headerBytes = 5
/** Of output and of input in one frame. */
export const maxDataBytes = 32 * 1024
/** How much input may be on its way to a command that does not read. */
export const inputWindowBytes = 256 * 1024
const maxRequestBytes = 4 * 1024 * 1024

/** From the runner. All but the outputs carry one number. */
export const heard = {
  hello: 'H',
  /** Nothing started, and nothing will. */
  failed: 'F',
  /** From here on the command may have run. */
  begun: 'B',
  stdout: 'O',
  stderr: 'P',
  /** So many bytes more of input may come. */
  credit: 'C',
  exit: 'X',
} as const

export type Heard = (typeof heard)[keyof typeof heard]

const types: readonly string[] = Object.values(heard)

export const isOutput = (type: Heard) => type === heard.stdout || type === heard.stderr

/** What stands in a header; undefined where no runner of ours wrote it. */
export function readHeader(header: Buffer): { type: Heard; length: number } | undefined {
  const type = String.fromCharCode(header[0] ?? 0) as Heard
  const length = header.readUInt32BE(1)
  if (!types.includes(type)) return undefined
  const fits = isOutput(type) ? length > 0 && length <= maxDataBytes : length === 4
  return fits ? { type, length } : undefined
}

export { headerBytes }

function frame(type: string, payload: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.write(type, 'latin1')
  header.writeUInt32BE(payload.length, 1)
  return Buffer.concat([header, payload])
}

/** At most `maxDataBytes` of it. */
export const inputFrame = (data: Buffer) => frame('I', data)
export const inputEndFrame = frame('E', Buffer.alloc(0))
export const signalFrame = (signal: number) => frame('S', Buffer.from([signal]))
/** The exit was heard: nothing more belongs to that command. */
export const doneFrame = frame('D', Buffer.alloc(0))

export function resizeFrame(cols: number, rows: number): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt16BE(cols)
  size.writeUInt16BE(rows, 2)
  return frame('W', size)
}

export interface Request {
  readonly arguments: readonly string[]
  /** `NAME=value`; over those of the container. */
  readonly environment: readonly string[]
  readonly directory: string
  readonly terminal: { readonly cols: number; readonly rows: number } | undefined
  readonly withoutInput: boolean
}

/** Undefined for one that no runner takes: too long, or with a zero byte in it. */
export function requestFrame(request: Request): Buffer | undefined {
  const { terminal, withoutInput } = request
  const strings = [request.directory, ...request.arguments, ...request.environment]
  if (request.arguments.length === 0 || strings.some((text) => text.includes('\0')))
    return undefined
  const fixed = Buffer.alloc(13)
  fixed.writeUInt8((terminal ? 1 : 0) | (withoutInput ? 2 : 0))
  fixed.writeUInt16BE(terminal?.cols ?? 0, 1)
  fixed.writeUInt16BE(terminal?.rows ?? 0, 3)
  fixed.writeUInt32BE(request.arguments.length, 5)
  fixed.writeUInt32BE(request.environment.length, 9)
  const payload = Buffer.concat([fixed, Buffer.from(strings.map((text) => `${text}\0`).join(''))])
  return payload.length > maxRequestBytes ? undefined : frame('R', payload)
}

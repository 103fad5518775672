import { longest, shortest } from '../fingerprints/fingerprints.ts'

export type Encoding =
  | 'as it is'
  | 'base64'
  | 'hex'
  | 'percent-encoded'
  | 'escaped as in JSON'
  | 'escaped as in SQL'
  | 'backwards'
  | 'two bytes a character'

/** One way in which a secret may stand somewhere; letters count the same in either case. */
export interface Form {
  readonly encoding: Encoding
  readonly bytes: Buffer
}

/**
 * Every form that is looked for. One longer than 64 bytes is known by its beginning, and base64 by
 * either half besides: it is the one form that programs break into lines.
 */
export function formsOf(secret: string): Form[] {
  const bytes = Buffer.from(secret)
  const texts: (readonly [Encoding, string | Buffer])[] = [
    ['as it is', bytes],
    ...base64Forms(bytes).map((text) => ['base64', text] as const),
    ['hex', bytes.toString('hex')],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded', everythingEncoded(bytes)],
    ['escaped as in JSON', JSON.stringify(secret).slice(1, -1)],
    ['escaped as in JSON', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
    ['escaped as in SQL', secret.replaceAll("'", "''")],
    ['backwards', [...secret].reverse().join('')],
    ['two bytes a character', Buffer.from(secret, 'utf16le')],
  ]
  const forms = texts
    .map(([encoding, text]) => ({ encoding, bytes: Buffer.from(text).subarray(0, longest) }))
    .filter(({ bytes }) => bytes.length >= shortest)
  const byText = new Map<string, Form>()
  for (const form of forms.reverse()) byText.set(foldedText(form.bytes), form)
  return [...byText.values()]
}

/** As fingerprints see bytes. */
const foldedText = (bytes: Buffer) =>
  bytes.toString('latin1').replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** What does not hang on the bytes before and behind, wherever among them a secret begins. */
function base64Forms(secret: Buffer): string[] {
  const inner = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret]).toString('base64')
    const whole = Math.floor(((before + secret.length) * 8) / 6)
    return text.slice(Math.ceil((before * 8) / 6), whole)
  })
  const forms = inner.flatMap((text) => [text, ...halvesOf(text)])
  return forms.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')])
}

const shortestHalf = 16

function halvesOf(text: string): string[] {
  const middle = text.length >> 1
  return middle < shortestHalf ? [] : [text.slice(0, middle), text.slice(middle)]
}

const everythingEncoded = (bytes: Buffer) =>
  [...bytes]
    .map((byte) => {
      const letter = String.fromCharCode(byte)
      return /[A-Za-z0-9]/.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')

import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyText } from './copy-text.ts'
import { loadFeed } from './load-feed.ts'
import type { Form } from './types.ts'

const lineOf = async (values: readonly (Buffer | null)[], forms: readonly Form[]) =>
  (await buffer(Readable.from([values]).pipe(copyText(forms)))).toString('latin1')

test.each([
  ['text', Buffer.from('a\tb\nc\\d\re'), 'a\\tb\\nc\\\\d\\re'],
  ['text', Buffer.from('\\N'), '\\\\N'],
  ['text', Buffer.alloc(0), ''],
  ['text', null, '\\N'],
  ['hex', Buffer.from([0, 9, 10, 92, 255]), '\\\\x00090a5cff'],
  ['hex', Buffer.alloc(0), '\\\\x'],
  ['bits', Buffer.from([1, 0]), '256'],
  ['bits', Buffer.from([255, 255, 255, 255, 255, 255, 255, 255]), '18446744073709551615'],
] as const)('a value as %s is COPY text', async (form, value, expected) => {
  expect(await lineOf([value], [form])).toBe(`${expected}\n`)
})

test('any bytes come back from a line that has one tab a column and one end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array(), { minLength: 1, maxLength: 4 }), async (values) => {
      const line = await lineOf(
        values.map((value) => Buffer.from(value)),
        values.map(() => 'text'),
      )
      const fields = line.slice(0, -1).split('\t')
      const letters: Record<string, string> = { t: '\t', n: '\n', r: '\r' }

      expect(line.indexOf('\n')).toBe(line.length - 1)
      const back = fields.map((field) =>
        field.replaceAll(/\\([\s\S])/g, (_, letter: string) => letters[letter] ?? letter),
      )
      expect(back).toEqual(values.map((value) => Buffer.from(value).toString('latin1')))
    }),
  )
})

const fed = (chunks: readonly Buffer[]) => buffer(Readable.from(chunks).pipe(loadFeed()))

test('a load is fed the same however the stream is cut, and reads it as COPY would', async () => {
  const piece = fc.constantFrom(
    '\\v',
    '\\f',
    '\\\\',
    '\\t',
    '\\n',
    '\\N',
    'v',
    'f',
    'é',
    '\n',
    '\t',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece), fc.nat(3), async (pieces, size) => {
      const whole = Buffer.from(pieces.join(''))
      const cut = Array.from({ length: Math.ceil(whole.length / (size + 1)) }, (_, at) =>
        whole.subarray(at * (size + 1), (at + 1) * (size + 1)),
      )
      const expected = pieces
        .map((text) => (text === '\\v' ? '\v' : text === '\\f' ? '\f' : text))
        .join('')

      expect((await fed(cut)).toString()).toBe(expected)
    }),
  )
})

test('no piece is larger than a packet', async () => {
  const feed = loadFeed()
  feed.end(Buffer.alloc(5_000_000, 'x'))
  for await (const piece of feed) expect((piece as Buffer).length).toBeLessThanOrEqual(1024 * 1024)
})

import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { searchFor } from './search.ts'
import { holds, Scrubber, Sieve } from './sieve.ts'
import { usualForms } from './usual-forms.ts'

const patterns = (...texts: readonly string[]) => searchFor(texts.map((one) => Buffer.from(one)))

function sifted(search: ReturnType<typeof patterns>, chunks: readonly string[]): string {
  const sieve = new Sieve(search, () => {})
  const out = chunks.map((chunk) => sieve.push(Buffer.from(chunk)))
  return Buffer.concat([...out, sieve.rest()]).toString()
}

describe('a sieve', () => {
  test.each([
    ['one in another', ['abcd', 'bc'], 'xabcdx', 'x****x'],
    ['one that another begins with', ['abc', 'abcde'], 'abcdx abcde', '***dx *****'],
    ['some that overlap', ['abab'], 'xababab', 'x******'],
    ['one behind its own beginning', ['aab'], 'aaab', 'a***'],
    ['one over lines', ['abcdef'], 'ab\r\ncd\nef', '**\r\n**\n**'],
    ['one with more between than an encoder puts', ['abcdef'], 'abc\n\n\ndef', 'abc\n\n\ndef'],
    ['a beginning at the end', ['abcdef'], 'xxabc', 'xxabc'],
  ] as const)('finds %s', (...[, texts, before, after]) => {
    expect(sifted(patterns(...texts), [before])).toBe(after)
    expect(sifted(patterns(...texts), [...before])).toBe(after)
  })

  test('does the same however a text is cut, and what a plain search would do', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 })
    const words = fc.array(letters, { minLength: 1, maxLength: 4 })
    const chunks = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 9 }))
    fc.assert(
      fc.property(words, chunks, (of, cut) => {
        const texts = of.map((word) => word.join(''))
        const pieces = cut.map((piece) => piece.join(''))
        const whole = pieces.join('')
        const expected = [...whole]
        for (const word of texts) {
          for (let at = whole.indexOf(word); at >= 0; at = whole.indexOf(word, at + 1)) {
            expected.fill('*', at, at + word.length)
          }
        }
        expect(sifted(patterns(...texts), pieces)).toBe(expected.join(''))
      }),
    )
  })

  test('holds nothing that is not the beginning of something', () => {
    const sieve = new Sieve(patterns('secret'), () => {})

    expect(String(sieve.push(Buffer.from('data: one\n\n')))).toBe('data: one\n\n')
    expect(String(sieve.push(Buffer.from('data: sec')))).toBe('data: ')
    expect(String(sieve.push(Buffer.from('ond\n')))).toBe('second\n')
  })

  test('ends a stream when what is found may not be there', async () => {
    const refusing = new Scrubber(patterns('secret'), () => {
      throw new Error('found')
    })

    await expect(text(Readable.from([Buffer.from('a secret')]).pipe(refusing))).rejects.toThrow(
      'found',
    )
  })
})

test('every form of a value is found, at any place in a longer text', () => {
  const printable = fc.string({ minLength: 12, maxLength: 60, unit: fc.constantFrom(...visible) })
  fc.assert(
    fc.property(
      printable,
      fc.string({ maxLength: 7 }),
      fc.string({ maxLength: 7 }),
      (value, before, after) => {
        const search = searchFor(usualForms(value))
        const inside = `${before}${value}${after}`
        const bytes = Buffer.from(inside)
        for (const form of [
          ...[inside, JSON.stringify({ inside }), encodeURIComponent(inside)],
          ...[bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')],
          ...[bytes.toString('base64').replace(/.{76}/g, '$&\n')],
          ...[Buffer.from(inside, 'utf16le').toString('latin1')],
        ]) {
          expect(holds(search, form), form).toBe(true)
        }
        expect(holds(search, `${before}${value.slice(1)}${after}`.replaceAll(value, ''))).toBe(
          false,
        )
      },
    ),
    { numRuns: 40 },
  )
})

const visible = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at))

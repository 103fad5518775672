import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableChunks, printableJson, printableName } from './printable.ts'

const obeyed = /[^\P{Cc}\n\t]|\p{Bidi_Control}/u

const nasty = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0x2fff }).map((code) => String.fromCodePoint(code)),
    fc.constantFrom('\u001b[2J', '\u009b', '\u202e', '\u{e0041}', '👩‍💻', '\r\n'),
  ),
})

test('nothing that is shown can be obeyed', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      expect(printable(text)).not.toMatch(obeyed)
      expect(printableName(text)).not.toMatch(/[\n\t]/)
      expect(printableJson({ text })).not.toMatch(obeyed)
      expect(JSON.parse(printableJson({ text }))).toEqual({ text })
    }),
  )
})

test('bytes are safe however they are cut, and whatever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(200), async (bytes, at) => {
      async function* cut() {
        yield bytes.subarray(0, at)
        yield bytes.subarray(at)
      }
      const shown: string[] = []
      for await (const text of printableChunks(cut())) shown.push(text)

      expect(shown.join('')).not.toMatch(obeyed)
      expect(shown.join('')).toBe(printable(new TextDecoder().decode(bytes)))
    }),
  )
})

test('writing of all kinds stays readable', () => {
  const text = 'ünïcødé 日本語 עברית 👩‍💻\tcolumn\nline'

  expect(printable(text)).toBe(text)
})

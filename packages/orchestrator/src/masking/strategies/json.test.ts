import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { textMasker } from '../fixtures/mask-value.ts'
import type { StrategyName } from '../shapes.ts'
import { parentOf } from './json-paths.ts'
import { rewriteJson } from './json-tokens.ts'

const mask = (text: string, paths: Record<string, StrategyName> = {}) =>
  textMasker({ name: 'json', paths })(text)

describe('a document', () => {
  test('keeps order, duplicate keys, white space and long numbers', () => {
    const text = '{"b": 1,\n "a": 12345678901234567890.10, "a": [true, null, -1e400], "": {}}'
    expect(mask(text)).toBe(text)
  })

  test('has its strings masked as text unless a path says otherwise', () => {
    const text = '{"phone":"+1 555 0100","plan":"pro","note":"call Mary","n":5}'
    const masked = JSON.parse(mask(text, { '$.phone': 'phone', '$.plan': 'keep', '$.n': 'number' }))
    expect(masked.phone).toMatch(/^\+\d \d{3} \d{4}$/)
    expect(masked.plan).toBe('pro')
    expect(masked.note).toMatch(/^[a-z]{4} [A-Z][a-z]{3}$/)
    expect(masked.note).not.toContain('Mary')
    expect(masked.n).not.toBe(5)
  })

  test('answers for lists, odd keys and everything below a path', () => {
    const text = '{"people":[{"mail":"a@b.c"},{"mail":"d@e.f"}],"odd key":{"x":["Mary"]}}'
    const masked = JSON.parse(mask(text, { '$.people[*].mail': 'email', '$["odd key"]': 'keep' }))
    for (const { mail } of masked.people) expect(mail).toMatch(/@example\.com$/)
    expect(masked.people[0].mail).toBe(textMasker('email')('a@b.c'))
    expect(masked['odd key']).toEqual({ x: ['Mary'] })
  })

  test('answers null for a part with null', () => {
    expect(mask('{"a":{"b":"x","c":1}}', { '$.a': 'null' })).toBe('{"a":{"b":null,"c":null}}')
  })

  test('is not held up by a key that is almost an address', () => {
    const text = JSON.stringify({ [`a@${'.'.repeat(200_000)} `]: 1 })
    expect(mask(text)).toBe(text)
  })

  test('has the same keys taken for addresses as their pattern would', () => {
    const key = fc.string({ unit: fc.constantFrom('a', '@', '.', ' '), maxLength: 8 })
    fc.assert(
      fc.property(key, (key) => {
        const isMasked = mask(JSON.stringify({ [key]: 1 })) !== JSON.stringify({ [key]: 1 })
        expect(isMasked).toBe(/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(key))
      }),
    )
  })

  test('has keys masked that are people themselves', () => {
    const text =
      '{"mary@shop.org":1,"+49 711 284222":2,"Mary Smith":3,"plan":4,"First Name":5,"17":6}'
    const masked = Object.entries(JSON.parse(mask(text)))
    const keyOf = (value: number) => masked.find(([, each]) => each === value)?.[0]
    expect(keyOf(1)).toBe(textMasker('email')('mary@shop.org'))
    expect(keyOf(2)).toMatch(/^\+\d\d \d{3} \d{6}$/)
    expect(keyOf(2)).not.toBe('+49 711 284222')
    expect(keyOf(3)).toBe(textMasker('full_name')('Mary Smith'))
    expect([keyOf(4), keyOf(5), keyOf(6)]).toEqual(['plan', 'First Name', '17'])
    expect(mask(text, { $: 'keep' })).toBe(text)
  })

  test('stays a document of the same form, whatever is in it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const masked = mask(text)
        expect(formOf(JSON.parse(masked))).toEqual(formOf(JSON.parse(text)))
      }),
    )
  })

  test.each(['{"a":"Mary Smith"', 'Mary Smith', '{"a":"Mary Smith"}]', "{'a':'Mary Smith'}"])(
    'that is none, %j, is masked as text',
    (text) => expect(mask(text)).not.toContain('Mary'),
  )

  test('nested without end is not followed, and nothing of it is let through', () => {
    const text = `${'['.repeat(100_000)}"Mary Smith"`
    expect(mask(text)).not.toContain('Mary')
  })

  test('a scalar is a document too', () => {
    expect(mask('"Mary"')).toMatch(/^"[A-Z][a-z]{3}"$/)
    expect(mask('null')).toBe('null')
    expect(mask('17')).toBe('17')
  })
})

test('paths lead up to the root', () => {
  expect(parentOf('$.a["b.c"][*]')).toBe('$.a["b.c"]')
  expect(parentOf('$.a["b.c"]')).toBe('$.a')
  expect(parentOf('$.a')).toBe('$')
  expect(parentOf('$')).toBeUndefined()
})

test('leaves are found with their paths', () => {
  const paths: string[] = []
  rewriteJson('{"a":[{"b c":1},"x"],"d":null}', {
    key: (raw) => raw,
    leaf: ({ path, raw }) => {
      paths.push(path)
      return raw
    },
  })
  expect(paths).toEqual(['$.a[*]["b c"]', '$.a[*]', '$.d'])
})

/** Types, keys and lengths of a document, without its strings. */
function formOf(value: unknown): unknown {
  if (typeof value === 'string') return 'string'
  if (Array.isArray(value)) return value.map(formOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).map(([key, inner]) => [key.includes('@') ? '@' : key, formOf(inner)])
}

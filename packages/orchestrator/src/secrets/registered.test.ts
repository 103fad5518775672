import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { formsOf } from './encodings.ts'
import { type NamedSecret, registerSecrets } from './registered.ts'

const key = Buffer.alloc(32, 1)
const secret = 'Tr0ub4dor&3/"horse+staple'
const named = (value: string): NamedSecret => ({ name: 'it', value: new Secret(value) })
const registered = registerSecrets([named(secret)], key)

function encodingsIn(bytes: Buffer, known = registered): string[] {
  const found = new Set<string>()
  known.search(bytes, ({ encoding }) => found.add(encoding))
  return [...found]
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a registered secret is found', () => {
  test.each([
    ['as it is', secret],
    ['in other letters', secret.toUpperCase()],
    ['in base64, first', base64(secret)],
    ['in base64, behind one byte', base64(`x${secret}tail`)],
    ['in base64, behind two bytes', base64(`xy${secret}tail`)],
    ['in base64, far into a text', base64(`${'words and '.repeat(9)}${secret} and more`)],
    ['in base64 of URLs', Buffer.from(`{"a":"${secret}??>>"}`).toString('base64url')],
    ['in base64 broken into lines', base64(`${'x'.repeat(41)}${secret}`).replace(/.{76}/g, '$&\n')],
    ['in hex', Buffer.from(secret).toString('hex')],
    ['in capital hex', Buffer.from(secret).toString('hex').toUpperCase()],
    ['percent-encoded', encodeURIComponent(secret)],
    ['escaped as in JSON', JSON.stringify({ secret })],
    ['escaped as PHP does', JSON.stringify({ secret }).replaceAll('/', '\\/')],
    ['backwards', [...secret].reverse().join('')],
    ['in UTF-16', Buffer.from(secret, 'utf16le').toString('latin1')],
  ])('%s', (_how, text) => {
    const around = Buffer.concat([randomBytes(50), Buffer.from(text, 'latin1'), randomBytes(50)])

    expect(encodingsIn(around)).not.toEqual([])
  })

  test('in every form, wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 64 }),
        fc.uint8Array({ maxLength: 70 }),
        fc.uint8Array({ maxLength: 70 }),
        (value, before, behind) => {
          const known = registerSecrets([named(value)], key)
          const forms = formsOf(value)
          expect(forms.length).toBeGreaterThan(3)
          for (const { bytes } of forms)
            expect(encodingsIn(Buffer.concat([before, bytes, behind]), known)).not.toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('as a URL’s password without the URL', () => {
    const known = registerSecrets([named('postgres://app:p%40ss-w0rd-99@db.internal/shop')], key)

    expect(encodingsIn(Buffer.from('PGPASSWORD=p@ss-w0rd-99'), known)).toEqual(['as it is'])
  })

  test('as one line of a key', () => {
    const lines = Array.from({ length: 9 }, () => randomBytes(48).toString('base64'))
    const known = registerSecrets([named(`-----BEGIN KEY-----\n${lines.join('\n')}\n`)], key)

    expect(encodingsIn(Buffer.from(`// ${lines[4]}`), known)).toEqual(['as it is'])
  })
})

test('nothing is found in random bytes', () => {
  const many = Array.from({ length: 50 }, () => named(randomBytes(24).toString('base64')))
  const known = registerSecrets(many, key)

  expect(encodingsIn(randomBytes(16 * 1024 ** 2), known)).toEqual([])
})

test('the digest changes with every secret and with the key, and not with their order', () => {
  const digest = (values: readonly string[], under = key) =>
    registerSecrets(values.map(named), under).digest

  expect(digest(['one-secret', 'two-secrets'])).toBe(digest(['two-secrets', 'one-secret']))
  expect(digest(['one-secret'])).not.toBe(digest(['one-secret', 'two-secrets']))
  expect(digest(['one-secret'])).not.toBe(digest(['one-secret'], Buffer.alloc(32, 2)))
})

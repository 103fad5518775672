import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzz } from '../../../../script/lib/fuzz.ts'
import { classOf } from './addresses.ts'
import { authorityOf, bare, isLiteral } from './authority.ts'

const piece = fc.oneof(
  fc.constantFrom(
    '127',
    '0x7f',
    '0',
    '1',
    'a',
    'xn--',
    '.',
    ':',
    '[',
    ']',
    '%',
    '@',
    '#',
    '?',
    '/',
  ),
  fc.constantFrom(
    '::',
    'ffff',
    '80',
    '65536',
    '\\',
    ' ',
    '\t',
    '\u0430',
    '\u3002',
    'localhost',
    '-',
  ),
  fc.string({ maxLength: 3, unit: 'binary' }),
)
const text = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.webAuthority({ withPort: true, withIPv4: true, withIPv4Extended: true, withIPv6: true }),
  fc.ipV6().map((address) => `[${address}]:443`),
)

test('what is taken for an authority has one meaning, the one a browser gives it', async () => {
  await fuzz(
    fc.property(text, (written) => {
      const authority = authorityOf(written, 80)
      if (!authority) return
      const again = `${authority.host}:${authority.port}`
      expect(authorityOf(again)).toEqual(authority)
      const url = new URL(`http://${written}/`)
      expect(url.hostname).toBe(authority.host)
      expect(Number(url.port || 80)).toBe(authority.port)
      expect([url.username, url.password, url.pathname]).toEqual(['', '', '/'])
    }),
  )
})

test('an address is judged alike however it is written, and none is global that carries another', async () => {
  await fuzz(
    fc.property(fc.ipV4(), fc.ipV6(), (four, six) => {
      const authority = authorityOf(`[${six}]`, 80)
      if (authority) expect(classOf(bare(authority.host))).toBe(classOf(six))
      expect(isLiteral(four)).toBe(true)
      expect(classOf(`::ffff:${four}`)).not.toBe('global')
      expect(classOf(`64:ff9b::${four}`)).not.toBe('global')
    }),
  )
})

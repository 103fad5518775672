import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byteMasker, textMasker } from '../fixtures/mask-value.ts'

const shapeOf = (text: string) =>
  text.replaceAll(/\d/g, '9').replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A')

describe('phone, postcode and secret', () => {
  test.each([
    ['phone', '+1 (403) 262-3443'],
    ['phone', '0049 711/2842222'],
    ['postcode', 'T2P 2T3'],
    ['postcode', '12227-000'],
    ['secret', 'correct horse Battery 9!'],
    ['secret', '4111-1111-1111-1111'],
    ['secret', 'DE89 3704 0044 0532 0130 00'],
  ] as const)('%s keeps the form of %s', (name, value) => {
    const masked = textMasker(name)(value)
    expect(shapeOf(masked)).toBe(shapeOf(value))
    expect(masked).not.toBe(value)
  })

  test('a phone number that began with 0 still does, another does not', () => {
    const mask = textMasker('phone')
    const local = fc.stringMatching(/^0[0-9]{4,9}$/)
    const plain = fc.stringMatching(/^[1-9][0-9]{4,9}$/)
    fc.assert(fc.property(local, (value) => void expect(mask(value)).toMatch(/^0/)))
    fc.assert(fc.property(plain, (value) => void expect(mask(value)).not.toMatch(/^0/)))
  })

  test('words in a phone column are masked too', () => {
    expect(textMasker('phone')('ask for Mary')).not.toMatch(/ask|for|Mary/)
  })

  test('a hexadecimal digest stays one, a scanner’s prefix does not', () => {
    expect(textMasker('secret')('8cb2237d0679ca88db6464eac60da96345513964')).toMatch(
      /^[0-9a-f]{40}$/,
    )
    expect(textMasker('secret')('sk_live_4eC39HqLyjWDarjtT1zdp7dc')).not.toMatch(/^sk_live/)
  })

  test('a device’s address stays one', () => {
    const mask = textMasker('secret', { baseType: 'macaddr' })
    expect(mask('aa:bb:cc:dd:ee:ff')).toMatch(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/)
  })

  test('well-formed UTF-8 stays well-formed, and letters outside ASCII do not stay', () => {
    const mask = textMasker('secret')
    expect(mask('пароль密码')).not.toBe('пароль密码')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        expect(mask(value)).not.toContain('\ufffd')
      }),
    )
  })

  test('a password in another encoding does not stay', () => {
    const latin = Buffer.from([0xcf, 0xe0, 0xf0, 0xee, 0xeb, 0xfc])
    expect(byteMasker('secret')(latin).includes(latin.subarray(0, 2))).toBe(false)
  })
})

describe('uuid', () => {
  test('keeps version, variant and spelling', () => {
    const uuid = fc.uuid()
    fc.assert(
      fc.property(uuid, (value) => {
        const masked = textMasker('uuid')(value)
        expect(masked).toMatch(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/)
        expect([masked[14], masked[19]]).toEqual([value[14], value[19]])
        expect(masked).not.toBe(value)
      }),
    )
    expect(textMasker('uuid')('{123E4567-E89B-42D3-A456-426614174000}')).toMatch(
      /^\{[0-9A-F-]{36}\}$/,
    )
  })
})

describe('number', () => {
  const mask = textMasker('number')

  test.each([
    ['0', '0'],
    ['0.00', '0.00'],
    ['NaN', 'NaN'],
    ['-Infinity', '-Infinity'],
  ])('%s stays', (value, same) => {
    expect(mask(value)).toBe(same)
  })

  test('keeps sign, digits, scale and exponent', () => {
    expect(mask('-123.45')).toMatch(/^-[1-9]\d\d\.\d\d$/)
    expect(mask('0.0070')).toMatch(/^0\.00[1-9]\d$/)
    expect(mask('1.5e-07')).toMatch(/^[1-9]\.\de-07$/)
    expect(mask('$1,234.50')).toMatch(/^\$[1-9],\d{3}\.\d\d$/)
    expect(mask('1.234,50 €'.slice(0, 8))).toMatch(/^[1-9]\.\d{3},\d\d$/)
  })

  test.each([
    ['smallint', -32_768n, 32_767n],
    ['integer', -2_147_483_648n, 2_147_483_647n],
    ['bigint', -(2n ** 63n), 2n ** 63n - 1n],
  ])('of a %s is one, other than it was, with as many digits', (_, min, max) => {
    const edge = fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, min + 1n, max - 1n))
    fc.assert(
      fc.property(edge, (value) => {
        const masked = BigInt(mask(String(value)))
        expect(masked >= min && masked <= max).toBe(true)
        expect(String(masked)).toHaveLength(String(value).length)
        if (value !== 0n) expect(masked).not.toBe(value)
      }),
    )
  })

  test.each(['1.7976931348623157e+308', '-1.2e+38', '5e-324', '3.4028235e+38'])(
    'of the size of %s is still one of a float',
    (value) => {
      const masked = mask(value)
      expect(Number.isFinite(Number(masked)) && Number(masked) !== 0).toBe(true)
      expect(Math.abs(Number(masked)) <= 3.4028235e38).toBe(Math.abs(Number(value)) <= 3.4028235e38)
    },
  )

  test('never lets two numbers meet', () => {
    const values = Array.from({ length: 40_000 }, (_, index) => String(index - 2000))
    expect(new Set(values.map(mask)).size).toBe(values.length)
  })

  test('a place keeps its form', () => {
    const place = textMasker('number', { baseType: 'point' })('(13.4050,-52.52)')
    expect(place).toMatch(/^\([1-9]\d\.\d{4},-[1-9]\d\.\d\d\)$/)
    expect(place).not.toBe('(13.4050,-52.52)')
  })
})

describe('bytes', () => {
  test('stay as many, up to a cap', () => {
    const mask = textMasker('bytes', { baseType: 'bytea' })
    expect(mask('\\x00ff10')).toMatch(/^\\x[0-9a-f]{6}$/)
    expect(mask('\\x')).toBe('\\x')
    expect(mask(`\\x${'ab'.repeat(5000)}`)).toHaveLength(10_002)
    expect(mask(`\\x${'ab'.repeat(100_000)}`)).toHaveLength(131_074)
  })
})

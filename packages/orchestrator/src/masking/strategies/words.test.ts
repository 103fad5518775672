import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { givenNames } from '../detect/given-names.ts'
import { textMasker } from '../fixtures/mask-value.ts'

const mark = /vx|zx|xv|xz|qv|zq|vq|xq/

describe('names', () => {
  test('are alike in every case, and keep it', () => {
    const mask = textMasker('first_name')
    expect(mask('MARY')).toBe(mask('mary').toUpperCase())
    expect(mask('Mary').toLowerCase()).toBe(mask('mary'))
    expect(mask('Mary')).toMatch(/^[A-Z][a-z]+$/)
  })

  test('agree with the full name they make', () => {
    const [first, last, full] = [
      textMasker('first_name'),
      textMasker('last_name'),
      textMasker('full_name'),
    ]
    expect(full('Mary Smith')).toBe(`${first('Mary')} ${last('Smith')}`)
    expect(full('Smith, Mary')).toBe(`${last('Smith')}, ${first('Mary')}`)
    expect(full('María de la Cruz')).toBe(`${first('María')} ${last('de la Cruz')}`)
    expect(full('Ann Lee, Bo Day')).toBe(
      `${first('Ann')} ${last('Lee')}, ${first('Bo')} ${last('Day')}`,
    )
  })

  test('bear the mark that no real name has', () => {
    for (const name of givenNames) {
      expect(textMasker('first_name')(name)).toMatch(mark)
      expect(givenNames.has(textMasker('last_name')(name))).toBe(false)
    }
  })

  test('masked again are other names', () => {
    const mask = textMasker('last_name')
    fc.assert(
      fc.property(
        fc.constantFrom(...givenNames),
        (name) => void expect(mask(mask(name))).not.toBe(mask(name)),
      ),
    )
  })

  test('in a unique column keep all 64 bits when there is little room', () => {
    expect(textMasker('full_name', { unique: true, maxLength: 13 })('Mary Smith')).toMatch(
      /^[0-9a-z]{13}$/,
    )
  })
})

describe('e-mail addresses', () => {
  test('look like one and lead nowhere', () => {
    expect(textMasker('email')('MARY.SMITH@sakilacustomer.org')).toMatch(
      /^[A-Z]+\.[A-Z]+\.[0-9A-Z]{13}@example\.com$/,
    )
  })

  test('give up their names before their bits, and the domain’s length before those', () => {
    expect(textMasker('email', { maxLength: 25 })('a@b.c')).toMatch(/^[0-9a-z]{13}@example\.com$/)
    expect(textMasker('email', { maxLength: 20 })('a@b.c')).toMatch(/^[0-9a-z]{13}@a\.test$/)
  })
})

test('an address, a company, a city and a link look like what they are', () => {
  expect(textMasker('address')('47 MySakila Drive')).toMatch(/^\d+ [A-Z][a-z]+ [A-Z][a-z]+$/)
  expect(textMasker('company')('Embraer S.A.')).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
  expect(textMasker('city')('São Paulo')).toMatch(/^[A-Z][a-z]+$/)
  expect(textMasker('url')('http://intern/?token=1')).toMatch(
    /^https:\/\/example\.com\/[0-9a-z]{13}$/,
  )
})

describe('free text', () => {
  test('keeps its shape and loses its words and figures', () => {
    const masked = textMasker('text')('Call Mary Smith, room 42!\n- Thanks (again)')
    expect(masked).toMatch(
      /^[A-Z][a-z]{3} [A-Z][a-z]{3} [A-Z][a-z]{4}, [a-z]{4} \d\d!\n- [A-Z][a-z]{5} \([a-z]{5}\)$/,
    )
    expect(masked).not.toMatch(/Call|Mary|Smith|room|Thanks|again/)
  })

  test('masks an address in it as the e-mail column does', () => {
    const email = textMasker('email')('mary@shop.org')
    expect(textMasker('text')('write to mary@shop.org.')).toContain(` ${email}.`)
  })

  test('does not give a word the same stand-in in every text', () => {
    const mask = textMasker('text')
    const stands = ['a', 'b', 'c', 'd'].map((rest) => mask(`Schneider ${rest}`).split(' ')[0])
    expect(new Set(stands).size).toBeGreaterThan(1)
  })

  test('of a megabyte without a space takes no longer than its length', () => {
    const masked = textMasker('text')(`${'a1'.repeat(500_000)} @ ${'x.'.repeat(200_000)}@`)
    expect(masked).toHaveLength(1_400_004)
  })

  test('of any script becomes as many letters', () => {
    expect(textMasker('text')('Привет мир')).toMatch(/^[A-Za-z]{6} [A-Za-z]{3}$/)
  })
})

test.each(['q', 'Q', 'x', 'ux', 'Ux', 'UX', 'yx', 'ixu'])(
  'a name that is a made-up word itself, %s, becomes another, however little room there is',
  (name) => {
    for (const strategy of ['first_name', 'last_name', 'full_name'] as const) {
      for (let key = 0; key < 50; key++) {
        const masked = textMasker(strategy, { maxLength: name.length, key })(name)
        expect(masked).not.toBe(name)
        expect(masked).toHaveLength(name.length)
      }
    }
  },
)

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteSink } from '../copy-text/byte-sink.ts'
import { textMasker } from '../fixtures/mask-value.ts'
import { keysFrom } from '../prf/keys.ts'
import { daysFromCivil, writeCivil } from './calendar.ts'
import { dateMask } from './date.ts'
import { type Mask, sliceOf } from './mask.ts'
import { Moments } from './moments.ts'
import { unusualDateMask } from './unusual-date.ts'

describe('ip', () => {
  const inet = textMasker('ip', { baseType: 'inet' })
  const cidr = textMasker('ip', { baseType: 'cidr' })

  test('becomes an address of a documented, unused range', () => {
    fc.assert(
      fc.property(fc.ipV4(), (value) => void expect(inet(value)).toMatch(/^198\.1[89]\.\d+\.\d+$/)),
    )
    fc.assert(fc.property(fc.ipV6(), (value) => void expect(inet(value)).toMatch(/^2001:db8:/)))
  })

  test('keeps the length of a prefix, and a network has no bits beyond it', () => {
    expect(inet('10.1.2.3/24')).toMatch(/^198\.1[89]\.\d+\.\d+\/24$/)
    expect(cidr('10.1.0.0/16')).toMatch(/^198\.1[89]\.0\.0\/16$/)
    expect(cidr('10.0.0.0/8')).toBe('198.0.0.0/8')
    expect(cidr('2a00:1450::/32')).toBe('2001:db8:0:0:0:0:0:0/32')
  })

  test('in a unique column moves to IPv6, where there is room for all', () => {
    const unique = textMasker('ip', { baseType: 'cidr', unique: true })
    expect(unique('10.1.0.0/16')).toMatch(/^2001:db8:(?:[0-9a-f]+:){5}0\/112$/)
  })
})

describe('date', () => {
  const mask = textMasker('date')
  const dayOf = (text: string) => Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / 86_400_000

  test('a time below zero or longer than a day stays one, and none meets another', () => {
    const inMariaDb = /^-?(?:\d\d|[1-7]\d\d|8[0-2]\d|83[0-8]):[0-5]\d:[0-5]\d(?:\.\d+)?$/
    for (const span of ['-838:59:59.00', '838:59:59', '-00:00:00.000001', '-01:02:03', '100:00:00'])
      expect(mask(span)).toMatch(inMariaDb)
    const last = Array.from({ length: 3600 }, (_, second) => {
      const seconds = String(second % 60).padStart(2, '0')
      return `838:${String(Math.floor(second / 60)).padStart(2, '0')}:${seconds}`
    })
    const masked = last.map((span) => mask(span))

    expect(new Set(masked).size).toBe(3600)
    expect(masked.filter((span, index) => !inMariaDb.test(span) || span === last[index])).toEqual(
      [],
    )
  })

  test('moves within a year and exists', () => {
    const day = fc.integer({ min: -140_000, max: 140_000 })
    fc.assert(
      fc.property(day, (number) => {
        const value = new Date(number * 86_400_000).toISOString().slice(0, 10)
        if (!/^\d{4}-/.test(value)) return
        const masked = mask(value)
        expect(new Date(dayOf(masked) * 86_400_000).toISOString().slice(0, 10)).toBe(masked)
        expect(Math.abs(dayOf(masked) - number)).toBeLessThan(366)
        expect(masked).not.toBe(value)
      }),
    )
  })

  test('keeps the form of every type', () => {
    expect(mask('2022-02-15 09:34:33.12+00')).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d[1-9]\+00$/,
    )
    expect(mask('2022-02-15T09:34:33Z')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(mask('09:34:33+02:30')).toMatch(/^\d\d:\d\d:\d\d\+02:30$/)
    expect(mask('24:00:00')).toMatch(/^[012]\d:\d\d:\d\d$/)
  })

  test.each(['infinity', '-infinity', '0044-03-15 BC', '0001-01-01', '9999-12-31', '12000-01-01'])(
    '%s is nobody’s and passes',
    (value) => void expect(mask(value)).toBe(value),
  )

  test('does not keep the microsecond, by which a moment could be found again', () => {
    expect(mask('2022-02-15 09:34:33.123457+00')).not.toMatch(/\.123457/)
  })

  test('is the same by its digits as by the patterns for unusual forms', () => {
    const context = { keys: keysFrom(Buffer.alloc(32, 1)), room, baseType: 'text' }
    const plain = outputOf(dateMask(context))
    const unusual = outputOf(unusualDateMask(context, new Moments(context.keys)))
    fc.assert(
      fc.property(fc.oneof(moment, almostMoment), (value) => {
        expect(plain(value)).toBe(unusual(value))
      }),
      { numRuns: 2000 },
    )
  })

  test('written otherwise keeps its form and not its figures', () => {
    expect(mask('15/02/1980')).toMatch(/^\d\d\/\d\d\/\d{4}$/)
    expect(mask('15/02/1980')).not.toBe('15/02/1980')
  })

  test('the calendar agrees with the language’s', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const sink = new ByteSink()
          const days = daysFromCivil(
            date.getUTCFullYear(),
            date.getUTCMonth() + 1,
            date.getUTCDate(),
          )
          expect(days).toBe(Math.floor(date.getTime() / 86_400_000))
          writeCivil(days, sink)
          expect(sink.take().toString()).toBe(date.toISOString().slice(0, 10))
        },
      ),
    )
  })
})

const room = { maxLength: Number.MAX_SAFE_INTEGER, unique: false }
const digits = (least: number, most = least) =>
  fc.stringMatching(new RegExp(`^\\d{${least},${most}}$`))
const joined = (...parts: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((written) => written.join(''))
const dash = fc.constant('-')
const colon = fc.constant(':')
const date = joined(digits(4), dash, digits(2), dash, digits(2))
const clock = joined(fc.constantFrom(' ', 'T', ''), digits(2), colon, digits(2), colon, digits(2))
const fraction = fc.oneof(fc.constantFrom('', '.'), joined(fc.constant('.'), digits(1, 6)))
const rest = fc.constantFrom('', '+00', '-07:30', 'Z', ' BC', 'C', '.5', '-')
const moment = fc.oneof(date, joined(date, clock, fraction, rest))

/** With one character gone, or another in its place. */
const almostMoment = fc
  .tuple(moment, fc.nat(40), fc.constantFrom('', '0', '-', ':', ' ', 'T', '.', 'é'))
  .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1))
  .filter((text) => text !== '')

function outputOf(mask: Mask): (value: string) => string {
  const sink = new ByteSink()
  return (value) => {
    mask(sliceOf(value), sink)
    return sink.take().toString('latin1')
  }
}

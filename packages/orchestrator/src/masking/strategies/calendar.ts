import type { ByteSink } from '../copy-text/byte-sink.ts'

const daysPerEra = 146_097

/** Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, “chrono-compatible algorithms”). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100)
  return era * daysPerEra + yearOfEra * 365 + leaps + dayOfYear - 719_468
}

/** Appends `YYYY-MM-DD`; for the years from 0 to 9999. */
export function writeCivil(days: number, out: ByteSink): void {
  const shifted = days + 719_468
  const era = Math.floor(shifted / daysPerEra)
  const dayOfEra = shifted - era * daysPerEra
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100)
  const dayOfYear = dayOfEra - (365 * yearOfEra + leaps)
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  writeDigits(year, 4, out)
  out.push(0x2d)
  writeDigits(month, 2, out)
  out.push(0x2d)
  writeDigits(day, 2, out)
}

/** Appends a number of at most so many digits, with zeros in front. */
export function writeDigits(number: number, width: number, out: ByteSink): void {
  let rest = number
  const start = out.length
  for (let count = 0; count < width; count++) out.push(0x30)
  for (let at = start + width - 1; at >= start; at--) {
    const quotient = (rest / 10) | 0
    out.bytes[at] = 0x30 + rest - quotient * 10
    rest = quotient
  }
}

import type { ByteSink } from '../copy-text/byte-sink.ts'
import { daysFromCivil } from './calendar.ts'
import { latin1Of, type Mask, type MaskContext, sliceOf } from './mask.ts'
import { isMark, type Moments } from './moments.ts'
import { secretMask } from './secret.ts'

const day = /^(\d{4})-(\d\d)-(\d\d)/
const clock = /^([ Tt]?)(\d\d):(\d\d):(\d\d)(\.\d+)?/
/** Below zero, or longer than a day. */
const span = /^(-?)(\d{2,9}):([0-5]\d):([0-5]\d)(\.\d+)?$/
const untouched = /^-?infinity$| BC$|^\d{5,}-/

/** Every form of a date, a time or a moment; what is none is masked as a secret. */
export function unusualDateMask(context: MaskContext, moments: Moments): Mask {
  const other = secretMask(context)
  return (value, out) => {
    const text = latin1Of(value)
    const date = day.exec(text)
    const time = clock.exec(text.slice(date ? 10 : 0))
    if (untouched.test(text)) return out.ascii(text)
    const length = span.exec(text)
    if (length && (length[1] || Number(length[2]) > 24)) return writeSpan(length, moments, out)
    if (!date && !time) return other(value, out)
    if (date && isMark(Number(date[1]))) return out.ascii(text)
    const number = date ? daysFromCivil(Number(date[1]), Number(date[2]), Number(date[3])) : 0
    if (date) moments.writeDay(number, out)
    if (time) {
      out.ascii(time[1] as string)
      moments.writeClock(number, secondOf(time), out)
      if (time[5]) moments.writeFraction(sliceOf(time[5]), out)
    }
    out.ascii(text.slice((date ? 10 : 0) + (time?.[0].length ?? 0)))
  }
}

function writeSpan(length: RegExpExecArray, moments: Moments, out: ByteSink): void {
  out.ascii(length[1] as string)
  moments.writeSpan(secondOf(length), out)
  if (length[5]) moments.writeFraction(sliceOf(length[5]), out)
}

function secondOf([, , hours, minutes, seconds]: RegExpExecArray): number {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

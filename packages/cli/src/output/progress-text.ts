import type { OnProgress } from '@stuntdouble/sdk/wire'
import { humanBytes, humanCount, humanSeconds } from './amounts.ts'
import { printable } from './printable.ts'

export type ProgressReport = Parameters<OnProgress>[0]

const barWidth = 20

/** One line: what is being done, how far it is, how fast, and how long it will take. */
export function progressText(report: ProgressReport): string {
  return [printable(report.message), bar(report), rate(report), left(report)]
    .filter(Boolean)
    .join('  ')
}

function bar({ done, total }: ProgressReport): string {
  if (done === undefined || !total) return ''
  const part = Math.min(1, done / total)
  const full = Math.round(part * barWidth)
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${Math.floor(part * 100)} %`
}

function rate({ perSecond, unit = 'steps' }: ProgressReport): string {
  if (!perSecond || unit === 'steps') return ''
  return unit === 'bytes' ? `${humanBytes(perSecond)}/s` : `${humanCount(perSecond)} rows/s`
}

function left({ etaSeconds }: ProgressReport): string {
  return typeof etaSeconds === 'number' ? `${humanSeconds(etaSeconds)} left` : ''
}

import { type LeakReport, measureLeaks, type PlaceReport } from '../leaks/leaks.ts'
import { mariadb } from '../leaks/mariadb/mariadb.ts'
import { postgres } from '../leaks/postgres/postgres.ts'
import { keep } from './report.ts'

/**
 * Who survives masking, and where: thousands of people and secrets in every place of a production,
 * our snapshot of it beside a restored copy that was updated in place, in one run.
 */
export async function benchLeaks(rounds: number): Promise<void> {
  const rows = rounds * 10
  for (const subject of [postgres, mariadb]) {
    const report = await measureLeaks(subject, { rows, objects: 3 })
    console.log(`\n${subject.kind}`)
    print(report)
    console.log(`\nEverything: ${await keep(`leaks-${subject.kind}`, { rows, ...report })}`)
  }
}

function print({ places }: LeakReport): void {
  const head = ['', 'planted', 'stopped at', 'survived', 'in place']
  const total = places.reduce(added, {
    place: 'all',
    planted: 0,
    stopped: 0,
    survived: 0,
    survivedInPlace: 0,
  })
  console.log([head, ...[...places, total].map(cellsOf)].map(line).join('\n'))
}

const added = (sum: PlaceReport, one: PlaceReport): PlaceReport => ({
  place: sum.place,
  planted: sum.planted + one.planted,
  stopped: sum.stopped + one.stopped,
  survived: sum.survived + one.survived,
  survivedInPlace: sum.survivedInPlace + one.survivedInPlace,
})

const cellsOf = ({ place, planted, stopped, survived, survivedInPlace }: PlaceReport) => [
  place,
  ...[planted, stopped, survived, survivedInPlace].map(String),
]

const line = ([what = '', ...cells]: readonly string[]) =>
  [what.padEnd(48), ...cells.map((cell) => cell.padStart(11))].join('').trimEnd()

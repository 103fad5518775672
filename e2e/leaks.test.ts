import { beforeAll, describe, expect, test } from 'vitest'
import { type LeakReport, measureLeaks, type PlaceReport } from './leaks/leaks.ts'
import { mariadb } from './leaks/mariadb/mariadb.ts'
import { postgres } from './leaks/postgres/postgres.ts'

const subjects = [
  { kind: 'PostgreSQL', subject: postgres, atLeast: 60 },
  { kind: 'MariaDB', subject: mariadb, atLeast: 80 },
]

describe.each(subjects)(
  'people and secrets planted everywhere in a $kind',
  ({ subject, atLeast }) => {
    let report: LeakReport
    beforeAll(async () => {
      report = await measureLeaks(subject, { rows: 8, objects: 1 })
    })

    const places = (wanted: (place: PlaceReport) => boolean) =>
      report.places.filter(wanted).map(({ place }) => place)

    test('none is left in the files, the catalogs or a dump of what was sealed', () => {
      expect(report.places.length).toBeGreaterThan(atLeast)
      expect(places(({ survived }) => survived > 0)).toEqual([])
    })

    test('what stands in a definition stops the build until it is taken away', () => {
      const definitions = report.places.filter(({ place }) => place.includes(': '))

      expect(definitions.length).toBeGreaterThan(40)
      expect(definitions.filter(({ planted, stopped }) => stopped !== planted)).toEqual([])
    })

    test('no build that stopped tells what it found', () => {
      expect(report.refusals.length).toBeGreaterThan(1)
      expect(report.told).toEqual([])
    })

    test('what did not come along is named', () => {
      const told = JSON.stringify(report.findings)

      for (const kind of leftOut[subject.kind]) expect(told).toContain(kind)
    })

    test('the same search finds most of them in a copy that was masked in place', () => {
      const total = (of: (place: PlaceReport) => number) =>
        report.places.reduce((sum, place) => sum + of(place), 0)

      expect(total(({ survivedInPlace }) => survivedInPlace)).toBeGreaterThan(
        total(({ planted }) => planted) / 2,
      )
    })
  },
)

const leftOut = {
  postgres: [
    ...['comments', 'event triggers', 'foreign servers', 'user mappings'],
    ...['foreign table public.remote_0', 'subscriptions', 'publications', 'large objects'],
    ...['settings of roles and databases', 'passwords of roles', 'cron.job', 'public.jobs'],
  ],
  mariadb: ['comments of tables', 'comments of columns', 'events', 'table remote_0'],
}

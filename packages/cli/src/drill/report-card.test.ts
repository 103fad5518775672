import { PassThrough } from 'node:stream'
import type { DrillReport } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { reportCard } from './report-card.ts'

const context = { env: {}, stdout: new PassThrough() } as unknown as Context
const report: DrillReport = {
  ok: false,
  attacks: [
    { family: 'privileges', title: 'climbs', outcome: 'held', said: '' },
    { family: 'secrets', title: 'reads', outcome: 'through', said: 'a \u001b[2Jname\nheld' },
    { family: 'database-roles', title: 'leaves', outcome: 'not tried', said: 'no PostgreSQL' },
  ],
  sandboxes: [{ id: 'sb000000000000', clean: false, verified: true }],
  exposures: ['an exploit of the kernel'],
  seconds: 31,
}

test('a card tells what held, what got through, what was not tried, and what nothing guards', () => {
  const lines = reportCard(report, context).split('\n')

  expect(lines).toContain('held       climbs (privileges)')
  expect(lines).toContain('THROUGH    reads (secrets)')
  expect(lines).toContain('not tried  leaves (database-roles)')
  expect(lines).toContain('NOT CLEAN  sb000000000000')
  expect(lines).toContain('- an exploit of the kernel')
  expect(lines.at(-2)).toBe(
    '3 attacks in 31 s: 1 held, 1 got through, 1 not tried. Do not rely on this installation.',
  )
})

test('what a sandbox said moves no cursor and makes no line of its own', () => {
  const card = reportCard(report, context)

  expect(card).not.toContain('\u001b')
  expect(card.split('\n').filter((line) => line === 'held')).toEqual([])
})

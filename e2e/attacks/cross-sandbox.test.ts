import { expect, test } from 'vitest'
import { findsNeighbour, marking } from '../../packages/cli/src/drill/attacks/neighbours.ts'
import { expectHeld, expectThrough } from './inside.ts'
import { said, useScene } from './scene.ts'

const scene = useScene()

test('another sandbox’s rows, files and processes are not here, though both come from one snapshot', async () => {
  const mark = `mark${scene().other.id}`
  await scene().plain.said(`mkdir -p /workspace; ${marking(mark)}`)
  expect(await expectThrough(findsNeighbour(mark), scene())).toEqual(
    expect.arrayContaining([
      ...['/workspace', '/tmp', '/dev/shm'].map((place) => `the file ${place}/${mark}`),
      expect.stringContaining('the process /proc/'),
    ]),
  )
  await said(scene().other, marking(mark))
  const ofOther = await said(scene().other, findsNeighbour(mark).script)
  expect(ofOther).toContain('WON a row')

  await expectHeld(findsNeighbour(mark), scene())
  expect(await said(scene().box, 'cat /proc/self/mountinfo')).not.toContain(scene().other.id)
})

test('what one changes in the data the other does not see', async () => {
  const name = `psql "$DATABASE_URL" -XAtc 'SELECT name FROM people WHERE id = 1'`
  const change = `psql "$DATABASE_URL" -XAtqc "UPDATE people SET name = 'changed' WHERE id = 1"`
  await said(scene().other, change)
  expect(await said(scene().other, name)).toBe('changed\n')

  expect(await said(scene().box, name)).not.toContain('changed')
})

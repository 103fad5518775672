import { expect, test } from 'vitest'
import { createStartTurns } from './start-turns.ts'

const never = new AbortController().signal

test('turns are given in order, no more than so many at once', async () => {
  const turns = createStartTurns(2)
  const [first, second] = [await turns.take(never), await turns.take(never)]
  const given: string[] = []
  const takes = (name: string) => turns.take(never).finally(() => given.push(name))
  const [third, fourth] = [takes('third'), takes('fourth')]
  second[Symbol.dispose]()
  second[Symbol.dispose]()
  await third

  expect(given).toEqual(['third'])
  first[Symbol.dispose]()
  await fourth
  expect(given).toEqual(['third', 'fourth'])
  for (const turn of [await third, await fourth]) turn[Symbol.dispose]()
  expect(turns.idle).toBe(true)
})

test('who goes away while waiting takes no turn along', async () => {
  const turns = createStartTurns(1)
  const held = await turns.take(never)
  const gone = new AbortController()
  const waits = turns.take(gone.signal)
  gone.abort(new Error('gone'))

  await expect(waits).rejects.toThrow('gone')
  held[Symbol.dispose]()
  expect(turns.idle).toBe(true)
})

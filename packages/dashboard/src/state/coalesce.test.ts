import { expect, test } from 'vitest'
import { coalesce } from './coalesce.ts'

test('a burst of calls leads to one run and one more', async () => {
  const gate = Promise.withResolvers<void>()
  const runs: string[] = []
  const run = coalesce(async (key) => {
    runs.push(key)
    await gate.promise
  })

  const calls = ['a', 'a', 'a', 'a', 'b'].map(run)
  expect(runs).toEqual(['a', 'b'])
  gate.resolve()
  await Promise.all(calls)

  expect(runs).toEqual(['a', 'b', 'a'])
})

test('a failed run is told to who called, and the next call runs again', async () => {
  let attempts = 0
  const run = coalesce(async () => {
    attempts += 1
    if (attempts === 1) throw new Error('no')
  })

  await expect(run('a')).rejects.toThrow('no')
  await run('a')

  expect(attempts).toBe(2)
})

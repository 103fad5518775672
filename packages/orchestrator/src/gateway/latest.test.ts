import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { latest } from './latest.ts'

test('of many requests at once the first and the last are done, one after the other', async () => {
  const done: number[] = []
  let atOnce = 0
  let most = 0
  const ask = latest(async (request: number) => {
    most = Math.max(most, ++atOnce)
    await sleep(1)
    atOnce -= 1
    done.push(request)
  })
  for (let request = 1; request <= 1000; request++) ask(request)

  await expect.poll(() => done).toEqual([1, 1000])
  expect(most).toBe(1)
})

test('work that fails does not keep later work from being done', async () => {
  const done: string[] = []
  const ask = latest(async (request: string) => {
    if (request === 'fails') throw new Error('failed')
    done.push(request)
  })
  ask('fails')
  await sleep(1)
  ask('works')

  await expect.poll(() => done).toEqual(['works'])
})

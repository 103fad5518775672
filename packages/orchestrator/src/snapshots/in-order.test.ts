import { expect, test } from 'vitest'
import { inOrder } from './in-order.ts'

const mebibyte = 1024 * 1024

async function* blocks(...lengths: number[]) {
  for (const [index, length] of lengths.entries()) yield { index, length }
}

test('results come in the order of their blocks, whichever is done first', async () => {
  const work = async ({ index }: { index: number }) => {
    for (let turn = 0; turn < 5 - index; turn++) await Promise.resolve()
    return index
  }

  expect(await Array.fromAsync(inOrder(blocks(1, 1, 1, 1, 1), work))).toEqual([0, 1, 2, 3, 4])
})

test('blocks of a mebibyte are under way together, a larger one alone', async () => {
  let underWay = 0
  const seen: number[] = []
  const work = async () => {
    seen.push(++underWay)
    await new Promise(setImmediate)
    underWay--
  }
  const half = mebibyte / 2
  await Array.fromAsync(inOrder(blocks(half, half, half, 100 * mebibyte, half), work))

  expect(Math.max(...seen)).toBe(2)
  expect(seen[3]).toBe(1)
})

test('a failure of one block is thrown in its turn', async () => {
  const done: number[] = []
  const work = async ({ index }: { index: number }) => {
    if (index === 1) throw new Error('one broke')
    return index
  }
  const all = async () => {
    for await (const index of inOrder(blocks(1, 1, 1), work)) done.push(index)
  }

  await expect(all()).rejects.toThrow('one broke')
  expect(done).toEqual([0])
})

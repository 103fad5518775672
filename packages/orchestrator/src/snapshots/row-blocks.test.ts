import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowBlocks } from './row-blocks.ts'
import { BlockMemory } from './threads/block-memory.ts'

const newline = 0x0a

async function blocksOf(chunks: readonly Buffer[]): Promise<Buffer[]> {
  const blocks: Buffer[] = []
  const memory = new BlockMemory()
  for await (const block of rowBlocks(Readable.from(chunks, { objectMode: true }), memory)) {
    const { buffer, byteOffset, length } = structuredClone(block, { transfer: [block.buffer] })
    blocks.push(Buffer.from(Buffer.from(buffer, byteOffset, length)))
    memory.give(new Uint8Array(buffer).fill(0x21))
  }
  return blocks
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length]
  ends.sort((left, right) => left - right)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

test('any chunking gives the same bytes, in blocks of whole rows that are handed over', async () => {
  const length = fc.nat({ max: 200_000 })
  const input = fc.record({
    rows: fc.array(length, { maxLength: 12 }),
    places: fc.array(fc.nat(), { maxLength: 20 }),
  })

  await fc.assert(
    fc.asyncProperty(input, async ({ rows, places }) => {
      const text = Buffer.from(rows.map((length) => `${'a'.repeat(length)}\n`).join(''))
      const blocks = await blocksOf(cut(text, places))

      expect(Buffer.concat(blocks).equals(text)).toBe(true)
      for (const block of blocks) expect(block.at(-1)).toBe(newline)
    }),
    { numRuns: 50 },
  )
})

test('small rows share a block and a large one makes its own larger', async () => {
  const small = Buffer.from('x\n'.repeat(1000))
  const large = Buffer.from(`${'y'.repeat(1_000_000)}\n`)
  const blocks = await blocksOf([small, small, large, small])

  expect(blocks.map(({ length }) => length)).toEqual([4000, 1_002_001])
})

test('what a torn stream leaves comes last', async () => {
  const blocks = await blocksOf([Buffer.from('whole\nto'), Buffer.from('rn')])

  expect(blocks.map(String)).toEqual(['whole\ntorn'])
})

test('a stream without rows has no block', async () => {
  expect(await blocksOf([])).toEqual([])
})

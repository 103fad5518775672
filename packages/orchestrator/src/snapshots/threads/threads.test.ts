import { expect, test } from 'vitest'
import { Fingerprints, type SharedFingerprints } from '../../fingerprints/fingerprints.ts'
import type { TableShape } from '../../masking/masking.ts'
import { openThreads, type TableJob } from './threads.ts'

const table: TableShape = {
  ...{ schema: 'public', name: 'person', uniques: [], foreignKeys: [], estimatedRows: 1 },
  columns: ['id', 'email'].map((name) => ({
    ...{ name, type: 'text', baseType: 'text', category: 'string' as const },
    ...{ notNull: false, maxLength: null, generated: false },
  })),
}
const policy = { 'public.person': { id: { name: 'keep' }, email: { name: 'email' } } } as const
const job: TableJob = {
  request: {
    ...{ shape: table, columns: ['id', 'email'], policy, shapes: [table] },
    key: Buffer.alloc(32, 7),
  },
  columns: table.columns.map((shape) => ({
    shape,
    strategy: policy['public.person'][shape.name as 'id'],
  })),
  announced: { first: 0, sampleBits: new Uint32Array(1) },
}
const script = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`)
const rows = (text: string) => new Uint8Array(new TextEncoder().encode(text))
const mask = (text: string) => ({ do: 'mask', table: 0, bytes: rows(text) }) as const

test('rows are masked alike in every thread, and counted', async () => {
  await using threads = openThreads([job], { count: 3 })
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => threads.ask(mask('1\tmary@shop.example\n2\t\\N\n'))),
  )
  const texts = answers.map(({ bytes }) => Buffer.from(bytes).toString())

  expect(new Set(texts).size).toBe(1)
  expect(texts[0]).toMatch(/^1\t\S+@example\.com\n2\t\\N\n$/)
  expect(answers.map(({ rows }) => rows)).toEqual([2, 2, 2, 2, 2, 2])
})

test('what a thread collects is fingerprints, not values', async () => {
  await using threads = openThreads([job], { count: 1 })
  const { collected } = await threads.ask(mask('1\tmary@shop.example\n'))

  expect(collected.totals).toEqual([0, 1])
  expect(Buffer.from(collected.digests.buffer).toString('latin1')).not.toContain('mary')
})

test('a thread looks for what it was handed last', async () => {
  await using threads = openThreads([], { count: 1 })
  const holding = (value: string) => {
    const values = new Fingerprints({ capacity: 10 })
    values.add(Buffer.from(value), 0)
    return values.shared
  }
  const hits = async (values: SharedFingerprints) => {
    const bytes = rows('mary@shop.example, twice: mary@shop.example')
    return (await threads.ask({ do: 'search bytes', bytes, values, limit: bytes.length })).length
  }
  const mary = holding('mary@shop.example')

  expect(await hits(mary)).toBe(2)
  expect(await hits(mary)).toBe(2)
  expect(await hits(holding('john@shop.example'))).toBe(0)
})

test('a value of a hundred megabytes passes', async () => {
  await using threads = openThreads([job], { count: 1 })
  const line = Buffer.alloc(100e6, 'x')
  line.write('\tmary@shop.example\n', line.length - 19)
  const { bytes, rows } = await threads.ask({ do: 'mask', table: 0, bytes: new Uint8Array(line) })

  expect(rows).toBe(1)
  expect(Buffer.from(bytes).lastIndexOf('x\t')).toBe(line.length - 20)
  expect(Buffer.from(bytes).subarray(-13).toString()).toBe('@example.com\n')
}, 30_000)

test('a torn row is refused with our own error', async () => {
  await using threads = openThreads([job], { count: 1 })

  await expect(threads.ask(mask('1\tmary@shop.exa'))).rejects.toMatchObject({
    code: 'snapshot_failed',
    message: expect.stringMatching(/ended in the middle of a row/),
  })
})

test('an error that is not ours comes without its text', async () => {
  const throwing = `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', ({ id }) => parentPort.postMessage({ id, failure: { name: 'RangeError' } }))`
  await using threads = openThreads([], { count: 1, script: script(throwing) })

  await expect(threads.ask(mask('mary@shop.example\n'))).rejects.toMatchObject({
    name: 'RangeError',
    message: 'a job failed',
  })
})

test.each([
  ['exits', 'process.exit(3)'],
  ['throws', 'throw new Error("mary@shop.example")'],
])('a thread that %s fails what it was asked and what it is asked later', async (_, code) => {
  const dying = `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', () => { ${code} })`
  await using threads = openThreads([], { count: 1, script: script(dying) })

  for (let times = 0; times < 2; times++) {
    const failure = await threads.ask(mask('x\n')).catch((cause) => cause)
    expect(failure).toMatchObject({ code: 'snapshot_failed', retryable: true })
    expect(String(failure.stack)).not.toContain('mary')
  }
})

test('disposal ends a thread in the middle of its work', async () => {
  const busy = `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', () => { for (;;); })`
  const threads = openThreads([], { count: 2, script: script(busy) })
  const asked = threads.ask(mask('x\n')).catch(({ code }) => code)
  await threads[Symbol.asyncDispose]()

  expect(await asked).toBe('snapshot_failed')
})

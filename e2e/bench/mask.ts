import { createHash } from 'node:crypto'
import {
  compileMasker,
  type StrategyName,
  type TableShape,
} from '../../packages/orchestrator/src/masking/masking.ts'
import { keep } from './report.ts'
import { median } from './statistics.ts'

const values = 50_000
/** As many as a block of a COPY stream holds, more or less. */
const valuesPerBlock = 1000
/** A single copy of them takes less than the clock of a thread can tell. */
const copies = 200

type Category = TableShape['columns'][number]['category']

interface Subject {
  readonly strategy: StrategyName
  readonly type?: readonly [baseType: string, category: Category]
  readonly value: (index: number) => string
}

const digest = (index: number) => createHash('md5').update(String(index)).digest('hex')
const network = ['inet', 'network'] as const

const subjects: Readonly<Record<string, Subject>> = {
  keep: { strategy: 'keep', value: digest },
  email: { strategy: 'email', value: (n) => `user${n}@mail${n % 90}.net` },
  'email, mixed case': { strategy: 'email', value: (n) => `User${n}@mail${n % 90}.net` },
  full_name: { strategy: 'full_name', value: (n) => `Mary${digest(n).replace(/\d/g, '')} Smith` },
  username: { strategy: 'username', value: (n) => `login${n}` },
  address: { strategy: 'address', value: (n) => `${n % 300} Wordy${n % 97} Road` },
  phone: { strategy: 'phone', value: (n) => `+49 ${150 + (n % 29)} ${1_000_000 + n * 79}` },
  'secret, a digest': { strategy: 'secret', value: digest },
  'secret, letters': { strategy: 'secret', value: (n) => `sk_live_${digest(n).slice(0, 8)}XyZ` },
  uuid: {
    strategy: 'uuid',
    type: ['uuid', 'uuid'],
    value: (n) => digest(n).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  },
  number: { strategy: 'number', type: ['integer', 'number'], value: (n) => `${n * 7}` },
  ip: { strategy: 'ip', type: network, value: (n) => `172.16.${n % 250}.${n % 251}` },
  date: { strategy: 'date', type: ['date', 'datetime'], value: (n) => `19${10 + (n % 90)}-01-15` },
  'date and time': {
    strategy: 'date',
    type: ['timestamp with time zone', 'datetime'],
    value: (n) => `2024-01-${10 + (n % 20)} ${10 + (n % 14)}:00:01+00`,
  },
  text: { strategy: 'text', value: (n) => `Ring ${digest(n).slice(0, 8)} before noon, gate ${n}` },
}

/** What a masked value costs, by strategy, beside a copy of the same bytes in the same round. */
export async function benchMask(rounds: number): Promise<void> {
  const samples = Object.fromEntries(
    Object.entries(subjects).map(([what, subject]) => [what, measure(subject, rounds)]),
  )
  const rows = Object.entries(samples).map(([what, { masked, copied }]) =>
    rowOf(what, masked, copied),
  )
  console.log([['', 'masked', 'copied', 'ratio'], ...rows].map(line).join('\n'))
  console.log(`\nEvery sample: ${await keep('mask', { unit: 'ns per value', samples })}`)
}

/** Nanoseconds per value, one sample a round. */
function measure(subject: Subject, rounds: number) {
  const blocks = blocksOf(subject)
  const masker = maskerOf(subject)
  const masked: number[] = []
  const copied: number[] = []
  for (let round = 0; round < rounds; round++) {
    masked.push(nanoseconds(() => blocks.map((block) => masker.push(block))))
    copied.push(nanoseconds(() => copyAll(blocks)) / copies)
  }
  return { masked, copied }
}

function copyAll(blocks: readonly Buffer[]): void {
  for (let copy = 0; copy < copies; copy++) for (const block of blocks) Buffer.from(block)
}

function blocksOf({ value }: Subject): readonly Buffer[] {
  return Array.from({ length: values / valuesPerBlock }, (_, block) =>
    Buffer.from(
      Array.from(
        { length: valuesPerBlock },
        (__, row) => `${value(block * valuesPerBlock + row)}\n`,
      ).join(''),
    ),
  )
}

function maskerOf({ strategy, type = ['text', 'string'] }: Subject) {
  const [baseType, category] = type
  const column = { name: 'v', type: baseType, baseType, category }
  const shape: TableShape = {
    ...{ schema: 's', name: 't', estimatedRows: values, uniques: [], foreignKeys: [] },
    columns: [{ ...column, notNull: true, maxLength: null, generated: false }],
  }
  const policy = { 's.t': { v: { name: strategy } } }
  return compileMasker({ shape, columns: ['v'], policy, shapes: [shape], key: Buffer.alloc(32, 7) })
}

/** Of this thread’s own time: on a busy machine the clock would count the waiting too. */
function nanoseconds(work: () => unknown): number {
  const since = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(since)
  return ((user + system) / values) * 1000
}

const rowOf = (what: string, masked: readonly number[], copied: readonly number[]) => [
  what,
  `${median(masked).toFixed(0)} ns`,
  `${median(copied).toFixed(0)} ns`,
  `${(median(masked) / median(copied)).toFixed(1)}×`,
]

const line = ([what = '', ...cells]: readonly string[]) =>
  [what.padEnd(24), ...cells.map((cell) => cell.padStart(9))].join('').trimEnd()

import { beforeEach, expect, test } from 'vitest'
import { compileKeyMasker } from '../../masking/masking.ts'
import { filesKind } from '../../sources/files/files.ts'
import { redisKind } from '../../sources/redis/redis.ts'
import type {
  Entry,
  EntryPart,
  EntrySource,
  EntryStore,
  EntryTarget,
} from '../../sources/sources.ts'
import { Pace } from '../pace.ts'
import { Throttle } from '../throttle.ts'
import { copyEntries } from './copy-entries.ts'
import { survey } from './survey.ts'

interface Held {
  readonly type: string
  readonly parts: readonly EntryPart[]
  readonly sizeBytes?: number
}

const text = (value: string): Held => ({ type: 'string', parts: [{ value: Buffer.from(value) }] })

/** A store in memory that lists `names`, whatever it holds by then. */
function sourceOf(names: readonly string[], held: Readonly<Record<string, Held>>): EntrySource {
  const entryOf = (name: string): Entry => {
    const { type = 'string', sizeBytes = 0 } = held[name] ?? {}
    return { name: Buffer.from(name), type, sizeBytes, ttlMs: null }
  }
  return {
    ...{ version: 7, address: 'h:1/0', database: '0', findings: [] },
    async *list() {
      yield names.map(entryOf)
    },
    async *read({ name }) {
      const found = held[`${name}`]
      if (found) yield found.parts
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

function targetOf() {
  const written: string[] = []
  const sizes: number[] = []
  const target: Pick<EntryTarget, 'write'> = {
    write: async ({ name, sizeBytes }, parts) => {
      written.push(...parts.map(({ field, value }) => `${name} ${field ?? ''}=${value}`))
      sizes.push(sizeBytes)
    },
  }
  return { target: target as EntryTarget, written, sizes }
}

const signal = new AbortController().signal
let kind: EntryStore = redisKind
beforeEach(() => {
  kind = redisKind
})

async function copy(policy: string, names: readonly string[], held: Record<string, Held>) {
  const rules = kind.names.parse(policy, 'masking.yaml')
  const { target, written, sizes } = targetOf()
  const pace = { estimatedRows: 1, heldSince: undefined, clock: () => 0, onProgress: () => {} }
  const copied = await copyEntries(
    {
      ...{ name: 'cache', kind, target, source: sourceOf(names, held), pace: new Pace(pace) },
      masker: compileKeyMasker({ policy: rules, key: Buffer.alloc(32, 7), onMasked: () => {} }),
      throttle: new Throttle(undefined, () => 0),
    },
    signal,
  )
  return { copied: Object.fromEntries(copied), written, sizes }
}

test('an entry that is listed twice is copied once', async () => {
  const { copied, written } = await copy('"a:*": keep\n', ['a:1', 'a:2', 'a:1'], {
    ...{ 'a:1': text('x'), 'a:2': text('y') },
  })

  expect(copied).toEqual({ 'a:*': 2 })
  expect(written.sort()).toEqual(['a:1 =x', 'a:2 =y'])
})

test('an entry that is gone when it is its turn is left out, and nothing is counted for it', async () => {
  const { copied, written } = await copy('"a:*": keep\n', ['a:1', 'a:2'], { 'a:2': text('y') })

  expect(copied).toEqual({ 'a:*': 1 })
  expect(written).toEqual(['a:2 =y'])
})

test('an entry that came after the survey and has no answer stops the copy', async () => {
  const coming = copy('"a:*": keep\n', ['b:anna'], { 'b:anna': text('x') })

  await expect(coming).rejects.toMatchObject({ code: 'policy_unanswered' })
  await expect(coming).rejects.toThrow('  b:*')
})

test('a hash of which every field is dropped is left out', async () => {
  const held = {
    h: { type: 'hash', parts: [{ field: Buffer.from('f'), value: Buffer.from('x') }] },
  }
  const { copied, written } = await copy('"h": { fields: { f: drop } }\n', ['h'], held)

  expect([copied, written]).toEqual([{}, []])
})

test('a value too large to be masked in memory is refused by its pattern', async () => {
  const held = { 'a:anna': { ...text('x'), sizeBytes: 65 * 1024 ** 2 } }

  await expect(copy('"a:*": keep\n', ['a:anna'], held)).rejects.toThrow('a value of a:* is larger')
})

test('a survey of names made to be many tells of a few, and holds not many more', async () => {
  const names = Array.from({ length: 3000 }, (_, index) => `x${':'.repeat(index % 1500)}y`)
  const source = sourceOf(names, {})
  const asked = survey({ name: 'cache', kind, source, policy: [] }, signal)

  await expect(asked).rejects.toThrow(/and 98\d more/)
})

const pieces = (...values: readonly string[]): Held => ({
  ...{ type: 'file', parts: values.map((value) => ({ value: Buffer.from(value) })) },
  sizeBytes: values.join('').length,
})

test('a file that is kept streams, one that is masked is masked whole', async () => {
  kind = filesKind
  const held = { 'a.txt': pieces('ask anna@co', 'rp.de'), 'b.txt': pieces('one', 'two') }
  const { written, sizes } = await copy('"a.txt": text\n"b.txt": keep\n', Object.keys(held), held)

  expect(written[0]).not.toMatch(/anna|rp\.de/)
  expect(sizes[0]).toBe((written[0] ?? '').length - 'a.txt ='.length)
  expect(written.slice(1)).toEqual(['b.txt =one', 'b.txt =two'])
  expect(sizes[1]).toBe(6)
})

test('of a file that another takes the place of nothing is read', async () => {
  kind = filesKind
  const { copied, written } = await copy(
    '"*.json": placeholder\n"*.png": empty\n',
    ['a.json', 'b.png'],
    {},
  )

  expect(copied).toEqual({ '*.json': 1, '*.png': 1 })
  expect(written).toEqual(['a.json ={}\n', 'b.png ='])
})

test('a file that is kept may be of any size, one that is masked may not', async () => {
  kind = filesKind
  const held = { 'a.txt': { ...pieces('x'), sizeBytes: 65 * 1024 ** 2 } }

  expect((await copy('"a.txt": keep\n', ['a.txt'], held)).written).toHaveLength(1)
  await expect(copy('"a.txt": text\n', ['a.txt'], held)).rejects.toThrow('is larger than 64 MB')
})

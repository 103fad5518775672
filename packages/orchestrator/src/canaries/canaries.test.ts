import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openFakeEngine } from '../engine/fake/fake-engine.ts'
import { createCanaries, type SeenCanary } from './canaries.ts'
import { canariesOf } from './derive.ts'

const key = Buffer.alloc(32, 3)
const id = 'sbaaaaaaaaaaaa'

function open() {
  const seen: SeenCanary[] = []
  const engine = openFakeEngine({ program: () => 0 })
  const canaries = createCanaries({ engine, key, onSeen: (one) => seen.push(one) })
  return { canaries, seen }
}

const plantedValue = (sandbox: string, what: string) =>
  canariesOf(sandbox, key)
    .secrets.find(({ name }) => name === `${sandbox} ${what}`)
    ?.value.reveal() ?? ''

test('canaries are a sandbox’s own, and the same whenever they are asked for', () => {
  expect(canariesOf(id, key).files).toEqual(canariesOf(id, key).files)
  expect(plantedValue(id, 'aws-key-id')).toMatch(/^AKIA[A-Z2-7]{16}$/)
  expect(plantedValue(id, 'aws-key-id')).not.toBe(plantedValue('sbbbbbbbbbbbbb', 'aws-key-id'))
  expect(plantedValue(id, 'aws-secret-key')).toHaveLength(40)
})

test('one is seen in any form, in pieces of any size, and told once', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('aws-key-id', 'aws-secret-key', 'database-password'),
      fc.constantFrom<BufferEncoding>('utf8', 'base64', 'base64url', 'hex'),
      fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 90 })),
      (what, encoding, [before, size]) => {
        const { canaries, seen } = open()
        using _watched = canaries.watch(id)
        const look = canaries.look(id, 'body')
        const text = `${'.'.repeat(before)}${plantedValue(id, what)} and on`
        const bytes = Buffer.from(Buffer.from(text).toString(encoding))
        const answers = []
        for (let at = 0; at < bytes.length; at += size)
          answers.push(look(bytes.subarray(at, at + size)))

        expect(answers.at(-1)).toBe(true)
        expect(seen).toEqual([
          expect.objectContaining({ sandbox: id, canary: what, where: 'body' }),
        ])
      },
    ),
  )
})

test('another’s is seen too, and whose it was is told', () => {
  const { canaries, seen } = open()
  const other = 'sbbbbbbbbbbbbb'
  using _own = canaries.watch(id)
  using _others = canaries.watch(other)
  canaries.look(id, 'head')(Buffer.from(plantedValue(other, 'database-password')))

  expect(seen).toMatchObject([{ sandbox: id, plantedIn: other }])
  expect(JSON.stringify(seen)).not.toContain(plantedValue(other, 'database-password'))
})

test('what is not watched any more is not looked for', () => {
  const { canaries, seen } = open()
  canaries.watch(id)[Symbol.dispose]()

  expect(canaries.look(id, 'head')(Buffer.from(plantedValue(id, 'aws-key-id')))).toBe(false)
  expect(seen).toEqual([])
})

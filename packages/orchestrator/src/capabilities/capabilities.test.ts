import { expect, test } from 'vitest'
import { openStorage } from '../storage/storage.ts'
import { capabilityMigrations, createCapabilities } from './capabilities.ts'

const sandbox = 'sbaaaaaaaaaaaa'
const other = 'sbbbbbbbbbbbbb'

function fixture() {
  const storage = openStorage(':memory:', capabilityMigrations)
  const time = { now: 1_000 }
  return { storage, time, capabilities: createCapabilities(storage, () => time.now) }
}

test('a token opens the sandbox it was issued for, and no other', () => {
  const { capabilities } = fixture()
  const token = capabilities.issue(sandbox, 2_000)

  expect(capabilities.verify(token)).toBe(sandbox)
  expect(() => capabilities.verify(token, other)).toThrow(/opens no sandbox/)
})

test.each(['', 'sd_', `sd_${sandbox}_`, `sd_${sandbox}_${'a'.repeat(43)}`, "' OR 1=1 --"])(
  'the token %j opens nothing',
  (token) => {
    const { capabilities } = fixture()
    capabilities.issue(sandbox, 2_000)

    expect(() => capabilities.verify(token)).toThrow(/opens no sandbox/)
  },
)

test('a token ends with its time, and with its sandbox', () => {
  const { capabilities, time } = fixture()
  const first = capabilities.issue(sandbox, 2_000)
  const second = capabilities.issue(sandbox, 9_000)

  time.now = 2_000
  expect(() => capabilities.verify(first)).toThrow(/has ended/)
  expect(capabilities.verify(second)).toBe(sandbox)

  capabilities.revokeAll(sandbox)
  expect(() => capabilities.verify(second)).toThrow(/has ended/)
  expect(capabilities.list(sandbox).map(({ open }) => open)).toEqual([false, false])
})

test('an extension moves the tokens that last as long as the sandbox, not the short ones', () => {
  const { capabilities, time } = fixture()
  const long = capabilities.issue(sandbox, 5_000)
  const short = capabilities.issue(sandbox, 2_000)
  capabilities.prolong(sandbox, 5_000, 9_000)

  time.now = 6_000
  expect(capabilities.verify(long)).toBe(sandbox)
  expect(() => capabilities.verify(short)).toThrow()
})

test('a token that is renewed lasts as much longer, and is never shortened', () => {
  const { capabilities, time } = fixture()
  const token = capabilities.issue(sandbox, 2_000)
  capabilities.renew(sandbox, token, 4_000)
  capabilities.renew(sandbox, token, 1_500)

  time.now = 3_999
  expect(capabilities.verify(token)).toBe(sandbox)
  time.now = 4_000
  expect(() => capabilities.renew(sandbox, token, 9_000)).toThrow(/has ended/)
  expect(() => capabilities.renew(other, token, 9_000)).toThrow(/opens no sandbox/)
})

test('a token that is revoked opens nothing, and the others what they did', () => {
  const { capabilities } = fixture()
  const token = capabilities.issue(sandbox, 2_000)
  const left = capabilities.issue(sandbox, 2_000)
  capabilities.revoke(other, token)
  expect(capabilities.verify(token)).toBe(sandbox)

  capabilities.revoke(sandbox, token)
  capabilities.revoke(sandbox, token)
  expect(() => capabilities.verify(token)).toThrow(/opens no sandbox/)
  expect(capabilities.verify(left)).toBe(sandbox)
  expect(capabilities.list(sandbox)).toHaveLength(1)
})

test('what was let in a moment ago is refused as soon as it is revoked', () => {
  const { capabilities } = fixture()
  const closings = [capabilities.revokeAll, capabilities.forgetAll] as const
  for (const close of closings) {
    const token = capabilities.issue(sandbox, 2_000)
    expect(capabilities.verify(token)).toBe(sandbox)
    expect(capabilities.verify(token)).toBe(sandbox)
    close(sandbox)
    expect(() => capabilities.verify(token)).toThrow()
  }
})

test('a token that was let in before its extension lasts as long as it says', () => {
  const { capabilities, time } = fixture()
  const token = capabilities.issue(sandbox, 2_000)
  expect(capabilities.verify(token)).toBe(sandbox)
  capabilities.prolong(sandbox, 2_000, 9_000)

  time.now = 8_999
  expect(capabilities.verify(token)).toBe(sandbox)
  time.now = 9_000
  expect(() => capabilities.verify(token)).toThrow(/has ended/)
})

test('what was undone is not remembered', () => {
  const { capabilities, storage } = fixture()
  const kept = capabilities.issue(sandbox, 2_000)
  let undone = ''
  const undo = () => {
    undone = capabilities.issue(sandbox, 2_000)
    capabilities.forgetAll(other)
    expect(capabilities.verify(undone)).toBe(sandbox)
    capabilities.revokeAll(sandbox)
    expect(() => capabilities.verify(kept)).toThrow(/has ended/)
    throw new Error('undone')
  }
  expect(() => storage.transaction(undo)).toThrow('undone')

  expect(() => capabilities.verify(undone)).toThrow(/opens no sandbox/)
  expect(capabilities.verify(kept)).toBe(sandbox)
})

test('no token is stored', () => {
  const { capabilities, storage } = fixture()
  const token = capabilities.issue(sandbox, 2_000)
  const stored = JSON.stringify(storage.sqlite.prepare('SELECT * FROM capabilities').all())

  expect(stored).not.toContain(token)
  expect(stored).not.toContain(token.slice(-43))
})

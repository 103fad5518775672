import { expect, test } from 'vitest'
import { type Credentials, createAuth, sessionSeconds } from './auth.ts'

const key = 'sdk_the-right-one'
const anonymous: Credentials = {
  authorization: undefined,
  session: undefined,
  safe: true,
  sameOrigin: false,
}

test('the key opens, another does not', () => {
  const auth = createAuth(key, () => 0)

  expect(() =>
    auth.check({ ...anonymous, authorization: `Bearer ${key}`, safe: false }),
  ).not.toThrow()
  expect(() => auth.check({ ...anonymous, authorization: 'Bearer sdk_wrong' })).toThrow(/not known/)
  expect(() => auth.check(anonymous)).toThrow(/needs an API key/)
})

test('a session reads at once, and changes something only from our own page', () => {
  const auth = createAuth(key, () => 0)
  const session = auth.signIn(key)

  expect(() => auth.check({ ...anonymous, session })).not.toThrow()
  expect(() => auth.check({ ...anonymous, session, safe: false })).toThrow(/our own page/)
  expect(() => auth.check({ ...anonymous, session, safe: false, sameOrigin: true })).not.toThrow()
})

test('a session ends by signing out, and by time', () => {
  const time = { now: 0 }
  const auth = createAuth(key, () => time.now)
  const first = auth.signIn(key)
  auth.signOut(first)
  expect(() => auth.check({ ...anonymous, session: first })).toThrow()

  const second = auth.signIn(key)
  time.now = sessionSeconds * 1000
  expect(() => auth.check({ ...anonymous, session: second })).toThrow()
})

test('a wrong key beside a good session is refused', () => {
  const auth = createAuth(key, () => 0)
  const session = auth.signIn(key)

  expect(() => auth.check({ ...anonymous, session, authorization: 'Bearer sdk_wrong' })).toThrow()
})

import { expect, test } from 'vitest'
import { checkAskedFrom } from './asked-from.ts'

const sandbox = 'sb0123456789ab'
const at = { sandbox, port: 3000, domain: 'localhost' }
const host = `3000-${sandbox}.localhost:8080`
const ask =
  (headers: Record<string, string>, method = 'GET') =>
  () =>
    checkAskedFrom(method, { host, ...headers }, at)

test.each([
  [{}, 'a program'],
  [{ origin: `http://${host}` }, 'its own page'],
  [{ origin: `http://5173-${sandbox}.localhost:8080` }, 'another port of the sandbox'],
  [{ 'sec-fetch-site': 'same-origin' }, 'its own page, without a body'],
  [{ origin: 'null', 'sec-fetch-site': 'same-origin' }, 'its own page, which sends no referrer'],
  [{ 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 'the address bar'],
  [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    'a link that is followed',
  ],
])('%j is let in: %s', (headers: Record<string, string>, _what) => {
  expect(ask(headers)).not.toThrow()
})

const sibling = { 'sec-fetch-site': 'same-site' }
test.each([
  [{ origin: 'https://evil.example' }, 'another site'],
  [{ origin: 'null' }, 'a sandboxed frame'],
  [{ origin: 'http://127.0.0.1:8080' }, 'the gateway’s own page'],
  [{ origin: 'http://3000-sbbbbbbbbbbbbb.localhost:8080' }, 'another sandbox'],
  [{ origin: `http://3000-${sandbox}.localhost:9999` }, 'another server of that name'],
  [{ origin: `http://3000-${sandbox}.evil.example:8080` }, 'another domain'],
  [
    { ...sibling, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
    'a script of a sibling',
  ],
  [
    { ...sibling, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    'a frame of a sibling',
  ],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'websocket' }, 'a socket without an origin'],
])('%j is not: %s', (headers: Record<string, string>, _what) => {
  expect(ask(headers)).toThrow(/another site/)
})

test('a form that another site sends is no link that is followed', () => {
  const form = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  expect(ask({ 'sec-fetch-site': 'cross-site', ...form }, 'POST')).toThrow(/another site/)
})

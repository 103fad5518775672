import { expect, test } from 'vitest'
import { parseSourceUrl } from './source-url.ts'

const parsed = (url: string) => parseSourceUrl('shop', url)

test('a url says where and who, and its address neither user nor password', () => {
  const { address, database, options } = parsed('mysql://re%40der:p%2Fw@db.example/sh%20op')

  expect(address).toBe('db.example:3306/sh op')
  expect(database).toBe('sh op')
  expect(options).toMatchObject({ user: 're@der', password: 'p/w', host: 'db.example', port: 3306 })
})

test.each(['mysql', 'mariadb'])('%s:// is one of ours', (scheme) => {
  expect(parsed(`${scheme}://r:p@h:3307/d`).address).toBe('h:3307/d')
})

test.each([
  ['', [{ rejectUnauthorized: false }, false]],
  ['?ssl-mode=DISABLED', [false]],
  ['?sslmode=disable', [false]],
  ['?ssl-mode=REQUIRED', [{ rejectUnauthorized: false }]],
  ['?ssl-mode=VERIFY_CA', [{ rejectUnauthorized: true, verifyIdentity: false }]],
  ['?ssl-mode=verify_identity', [{ rejectUnauthorized: true, verifyIdentity: true }]],
  ['?sslmode=verify-full', [{ rejectUnauthorized: true, verifyIdentity: true }]],
])('with %s TLS is %j', (query, tls) => {
  expect(parsed(`mysql://r:p@h/d${query}`).tls).toEqual(tls)
})

test.each([
  ['postgres://r:canary@h/d', /does not begin/],
  ['mysql://r:canary@h', /names no database/],
  ['mysql://h/canary', /names no user/],
  ['mysql://r:canary@h/mysql', /server’s own/],
  ['mysql://r:canary@h/d?ssl-mode=maybe', /ssl-mode/],
  ['mysql://r:canary@h/d?ssl-ca=/no/such/file', /cannot be read/],
  ['mysql://r:%canary@h/d', /percent-encoded/],
  ['canary', /cannot be read/],
])('%s is refused without its password', (url, message) => {
  expect(() => parsed(url)).toThrow(message)
  expect(() => parsed(url)).not.toThrow(/canary/)
})

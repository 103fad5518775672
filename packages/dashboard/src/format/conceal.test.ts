import { expect, test } from 'vitest'
import { concealPassword, concealToken } from './conceal.ts'

test('a connection URL shows everything but its password', () => {
  expect(concealPassword('postgres://agent:s3cret@db:5432/shop')).toBe(
    'postgres://agent:••••••••@db:5432/shop',
  )
})

test.each([
  'postgres://agent:s3cret@s3cret@db/shop',
  'postgres://agent:s3cret/x@db/shop',
  'postgres://agent:x@db/shop?password=s3cret',
  'host=db password=s3cret',
  's3cret@db',
])('%s shows nothing of its password', (url) => {
  expect(concealPassword(url)).not.toContain('s3cret')
})

test('a URL without a password is shown', () => {
  expect(concealPassword('postgres://db/shop')).toBe('postgres://db/shop')
})

test('a hand-over URL shows everything but its token, and nothing when the token is elsewhere', () => {
  expect(concealToken('http://gw/s/t0ken/', 't0ken')).toBe('http://gw/s/••••••••/')
  expect(concealToken('http://t0ken.gw/', 'T0KEN')).toBe('••••••••')
  expect(concealToken('http://gw/s/t0ken/', '')).toBe('••••••••')
})

import { expect, test } from 'vitest'
import { judgeLoot, secretsOf } from './known-secrets.ts'

test('secrets of an environment are known by their names, and an address by its password', () => {
  const env = {
    SHOP_URL: 'postgres://reader:s3cret-and-long@db.example/shop',
    API_KEY: 'sk_live_0123456789',
    HOME_URL: 'https://example.com/',
    SHORT_TOKEN: 'abc',
    PATH: '/usr/bin:/bin',
  }

  expect(secretsOf(env)).toEqual({ SHOP_URL: 's3cret-and-long', API_KEY: 'sk_live_0123456789' })
})

test('a secret that comes out is told by its name alone', () => {
  const known = { API_KEY: 'sk_live_0123456789' }

  expect(judgeLoot('CONTROL\nA=sk_live_0123456789\n', known)).toEqual({
    outcome: 'through',
    said: 'API_KEY',
  })
  expect(judgeLoot('CONTROL\nA=b\n', known).outcome).toBe('held')
  expect(judgeLoot('A=b\n', known).outcome).toBe('not tried')
})

import { expect, test } from 'vitest'
import { parseSourceUrl } from './source-url.ts'

test('a url gives host, account and database', () => {
  expect(parseSourceUrl('c', 'redis://reader:p%40ss@cache.test:7000/3')).toEqual({
    ...{ address: 'cache.test:7000/3', host: 'cache.test', port: 7000, database: '3' },
    ...{ user: 'reader', password: 'p@ss', tls: null },
  })
  expect(parseSourceUrl('c', 'redis://:only@[::1]')).toMatchObject({
    ...{ host: '::1', port: 6379, user: '', password: 'only', database: '0' },
  })
  expect(parseSourceUrl('c', 'rediss://h').tls).toEqual({})
})

test.each([
  ['http://h', 'does not begin with redis://'],
  ['redis:///0', 'names no host'],
  ['redis://h/64', 'number below 64'],
  ['redis://h/x', 'number below 64'],
  ['redis://u:canary%zz@h', 'holds a %'],
  ['rediss://h?tls-ca=/nowhere', 'cannot be read'],
  ['canary', 'cannot be read'],
])('%s is refused', (url, message) => {
  const parse = () => parseSourceUrl('cache', url)
  expect(parse).toThrow(message)
  expect(parse).not.toThrow(/canary/)
})

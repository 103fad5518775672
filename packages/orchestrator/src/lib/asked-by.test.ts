import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkAskedBy } from './asked-by.ts'

const names = ['sandbox.corp.example']

test.each([
  '127.0.0.1:8080',
  '127.0.0.1',
  '[::1]:8080',
  '192.168.1.7:80',
  'localhost:8080',
  'LOCALHOST',
  'sb1.localhost:80',
  'sandbox.corp.example:443',
])('%s is a name of ours', (host) => {
  expect(() => checkAskedBy({ host }, names)).not.toThrow()
  expect(() => checkAskedBy({ host, origin: `http://${host}` }, names)).not.toThrow()
})

test.each([
  undefined,
  '',
  'rebind.example:8080',
  'localhost.evil.example',
  'evillocalhost',
  'sandbox.corp.example.evil.example',
  '127.0.0.1.evil.example',
  '127.0.0.1@evil.example',
  '127.0.0.1, evil.example',
  '[evil]',
  'a b',
  '3000-sb0123456789ab.localhost:8080',
  '3000-SB0123456789AB.localhost',
  '1-sb0123456789ab.sandbox.corp.example',
])('%s is not', (host) => {
  expect(() => checkAskedBy(host === undefined ? {} : { host }, names)).toThrow(/not known by/)
})

test.each([
  'http://evil.example',
  'null',
  '',
  'http://127.0.0.1:8081',
  'http://127.0.0.1:8080.evil.example',
  'http://127.0.0.1:8080@evil.example',
  'ftp://127.0.0.1:8080',
  'http://127.0.0.1:8080/',
])('a page of %s may not ask', (origin) => {
  expect(() => checkAskedBy({ host: '127.0.0.1:8080', origin }, names)).toThrow(/another site/)
})

test('no name but ours is let in, however it is spelled', () => {
  const label = fc.stringMatching(/^[a-zA-Z0-9-]{1,20}$/)
  fc.assert(
    fc.property(label, label, (one, other) => {
      fc.pre(!/^\d+$/.test(other) && other.toLowerCase() !== 'localhost')
      expect(() => checkAskedBy({ host: `${one}.${other}:80` }, names)).toThrow()
    }),
  )
})

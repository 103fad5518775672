import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from './secret.ts'

const canary = 'postgres://reader:canary-7f3a@db/shop'

test('a secret is revealed only where it is asked for', () => {
  expect(new Secret(canary).reveal()).toBe(canary)
})

test('a secret prints as nothing, however it is printed', () => {
  const secret = new Secret(canary)
  const holder = { secret, deep: [{ secret }] }

  const printed = [
    `${secret}`,
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
    format('%s %o %j', secret, secret, secret),
    String(new Error('failed', { cause: secret })),
    JSON.stringify({ ...secret }),
    JSON.stringify(structuredClone(Object.entries(secret))),
  ]
  expect(printed.join('\n')).not.toContain('canary')
})

import { expect, test } from 'vitest'
import { secretShapesIn, secretShapesInCode, withoutSecrets } from './patterns.ts'

// Put together here, so that no scanner of this repository takes them for real ones.
const secrets: readonly (readonly [rule: string, secret: string])[] = [
  ['private key', `-----BEGIN ${'RSA PRIVATE KEY'}-----`],
  ['AWS key', `AKIA${'Q'.repeat(16)}`],
  ['GitHub token', `ghp_${'a1'.repeat(18)}`],
  ['GitLab token', `glpat-${'a1'.repeat(10)}`],
  ['npm token', `npm_${'a1'.repeat(18)}`],
  ['Stripe key', `sk_live_${'a1'.repeat(12)}`],
  ['Slack token', `xoxb-${'12'.repeat(6)}-${'a1'.repeat(12)}`],
  ['Google key', `AIza${'b'.repeat(35)}`],
  ['SendGrid key', `SG.${'a1'.repeat(8)}.${'b2'.repeat(8)}`],
  ['signed token', `eyJ${'a1'.repeat(8)}.eyJ${'b2'.repeat(8)}.${'c3'.repeat(8)}`],
  ['password in a URL', `amqp://worker:${'p4ss'.repeat(3)}@`],
]

test.each(secrets)(
  'a %s is known in the middle of a text, and can be cut out of it',
  (rule, secret) => {
    const text = `calls with ${secret} every night`

    expect(secretShapesIn(text)).toEqual([rule])
    expect(withoutSecrets(text)).not.toContain(secret.slice(-9, -1))
  },
)

test.each([
  "password := 'hunter2hunter2'",
  "dblink_connect('host=x password=''hunter2hunter2''')",
  `"api_key": 'f00dcafe12'`,
  "SET app.secret = 'w0rdw0rdw0rd'",
])('%s names a secret', (code) => {
  expect(secretShapesInCode(code)).toContain('assigned secret')
})

test.each([
  'CREATE TABLE tokens (id int, token text, password_hash text NOT NULL)',
  "SELECT 1 FROM users WHERE token = '' OR password IS NULL",
  "RAISE EXCEPTION 'password must have 8 characters'",
  "COMMENT 'see https://wiki.internal/page@4'",
  `postgres://$${'{USER}'}:$${'{PASSWORD}'}@db/shop`,
])('%s holds none', (code) => {
  expect(secretShapesInCode(code)).toEqual([])
})

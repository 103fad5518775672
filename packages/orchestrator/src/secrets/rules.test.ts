import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import { describe, expect, test } from 'vitest'
import { regionsOf } from './anchors.ts'
import { namedValuesIn } from './named-values.ts'
import { suspectsIn } from './rules.ts'
import { findSecrets } from './secretlint.ts'
import { shortestRun } from './token-runs.ts'

/** Characters that look made, put together here so that no scanner takes them for real. */
const made = (length: number, alphabet = 'a1B2c3D4e5F6g7H8j9K0') =>
  Array.from({ length }, (_, at) => alphabet[(at * 7) % alphabet.length]).join('')
const hex = (length: number) => made(length, 'a1b2c3d4e5f60798')
const figures = (length: number) => made(length, '1234567890')
const letters = (length: number) => made(length, 'aBcDeFgHjKlMn')

const pem = `-----BEGIN RSA ${'PRIVATE'} KEY-----\nMII${made(600)}\n-----END RSA PRIVATE KEY-----`
const opsToken = () => {
  const device = { email: 'a@b.example', signInAddress: 'x', secretKey: made(90), muk: made(60) }
  return `ops_${Buffer.from(JSON.stringify(device)).toString('base64')}`
}

/** One text for each rule of the preset that it is known to report. */
const samples: Readonly<Record<string, string>> = {
  aws: `AWS_SECRET_ACCESS_KEY=${made(40)} `,
  gcp: pem,
  npm: `npm_${made(36)}`,
  slack: `xoxb-${figures(12)}-${made(24)}`,
  basicauth: `https://${'user'}:${made(12)}@host.example.com`,
  openai: `sk-${made(20)}T3BlbkFJ${made(20)}`,
  anthropic: `sk-ant-api03-${made(93)}AA`,
  groq: `gsk_${made(52)}`,
  huggingface: `hf_${letters(34)}`,
  linear: `lin_api_${made(40)}`,
  notion: `ntn_${figures(11)}${made(35)}`,
  privatekey: pem,
  sendgrid: `SG.${made(22)}.${made(43)}`,
  shopify: `shppa_${hex(32)}`,
  stripe: `sk_live_${made(24)}`,
  github: `ghp_${made(36)}`,
  gitlab: `glpat-${made(20)}`,
  grafana: `glsa_${made(32)}_${hex(8)}`,
  '1password': opsToken(),
  'database-connection-string': `postgres://${'app'}:${made(12)}@db.example/shop`,
  'hashicorp-vault': `hvs.${made(95)}`,
  vercel: `vcp_${made(24)}`,
  databricks: `dapi${hex(32)}`,
  docker: `dckr_pat_${made(27)}`,
  figma: `figd_${made(40)}`,
  cloudflare: `cfut_${made(40)}${hex(8)}`,
  tailscale: `tskey-auth-${made(12)}-${made(24)}`,
}

describe('a rule of the preset is led to what it knows', () => {
  const names = rules.map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', ''))

  test.each(names.filter((name) => name !== 'filter-comments'))('%s', async (name) => {
    const sample = samples[name]
    if (sample === undefined) throw new Error(`the preset’s rule ${name} has no sample here`)
    const rule = `secretlint-rule-${name}`
    const reported = (await findSecrets('key.json', sample)).map(({ rule }) => rule)
    // gcp looks at keys of its own form of JSON alone; its words are those of every private key.
    if (name !== 'gcp' && name !== '1password') expect(reported).toContain(rule)

    expect(regionsOf(Buffer.from(`${'x '.repeat(2000)}${sample} `))).toHaveLength(1)
  })
})

test.each(Object.entries(samples))('%s is worth a look wherever it begins', (_name, sample) => {
  for (const before of [' ', '\n', '"', '=', 'a', '/', '-']) {
    for (let ahead = 0; ahead <= 2 * shortestRun; ahead++) {
      const text = Buffer.from(`${before.repeat(ahead)}${sample} `)
      expect(regionsOf(text), `${ahead} of ${before} before it`).toHaveLength(1)
    }
  }
})

test('a value that has a name is found wherever it begins', () => {
  for (const sign of ['=', ': ', ' => "', ": '", ':\n  ']) {
    for (let ahead = 0; ahead <= 2 * shortestRun; ahead++) {
      const text = `${'x'.repeat(ahead)} deploy_token${sign}${made(20)}\n${'y '.repeat(30)}`
      const found = namedValuesIn(Buffer.from(text)).map(({ start, end }) => text.slice(start, end))
      expect(found, `${ahead} before ${sign}`).toEqual([made(20)])
    }
  }
})

const rulesIn = async (text: string) =>
  (await suspectsIn('a.txt', Buffer.from(text))).map(({ rule, line }) => `${line} ${rule}`)

test.each([
  ['a password that has a name', `# a\nPAYMENT_SECRET=${made(32)}\n`, 1],
  ['a token in JSON', `{\n"api_key": "${made(40)}"}`, 1],
  ['a key in YAML', `encryptionKey: ${made(44)}`, 0],
  ['an encrypted key', pem.replace('MII', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: A,0B\n\nMII'), 0],
  ['a signed token', `\n\nx eyJ${made(20)}.eyJ${made(30)}.${made(43)}`, 2],
])('%s is seen on its line', async (_what, text, line) => {
  expect(await rulesIn(text)).toContainEqual(expect.stringMatching(new RegExp(`^${line} `)))
})

test.each([
  'const token = request.headers.authorizationHeader2',
  'token: getTokenFromSession2ForUser1(session3)',
  'password: string | undefined',
  'secretId: 123e4567-e89b-12d3-a456-426614174000',
  `integrity: sha512-${made(64)}`,
  `postgres://user:$${'{PASSWORD}'}@db/shop`,
  'postgres://<user>:<password>@host:5432/db',
  'postgres://postgres:postgres@localhost:5432/shop',
  "if (text.startsWith('-----BEGIN PRIVATE KEY-----')) return parse(text)",
  'AKIAIOSFODNN7EXAMPLE',
  'SECRET_NAMES = [a, b, c]',
])('%s is none', async (text) => {
  expect(await rulesIn(text)).toEqual([])
})

test('a comment in the file does not switch the rules off', async () => {
  const key = `const npm = 'npm_${made(36)}'`
  const off = `/* secretlint-disable */\n${key}`

  expect((await findSecrets('a.ts', off)).map(({ rule }) => rule)).toEqual(['secretlint-rule-npm'])
  expect(await rulesIn(off)).toContain('1 npm')
})

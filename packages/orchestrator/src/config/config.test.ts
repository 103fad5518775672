import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'

const canary = 'canary-4711'
const environment = { SHOP_URL: `postgres://reader:${canary}@db.example:6432/shop`, EMPTY: '' }

function folder(files: Readonly<Record<string, string>>) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'config-')))
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(directory, name), text)
    chmodSync(join(directory, name), 0o600)
  }
  return {
    directory,
    path: join(directory, 'stuntdouble.yaml'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  }
}

const withUrl = (url: string) =>
  `sources:\n  shop:\n    kind: postgres\n    url: "${url}"\n    policy: ./masking.yaml\n`

const failure = (path: string, variables = environment) => {
  try {
    loadConfig(path, variables)
  } catch (cause) {
    if (cause instanceof SandboxError) return cause
  }
  throw new Error('the configuration was accepted')
}

test('no configuration is an empty configuration', () => {
  expect(loadConfig(null, {})).toMatchObject({ path: null, sources: {}, warnings: [] })
})

test('a variable is filled in and the policy found beside the file', () => {
  using made = folder({ 'stuntdouble.yaml': withUrl(`\${env:SHOP_URL}`) })
  const { shop } = loadConfig(made.path, environment).sources

  expect(shop?.url.reveal()).toBe(environment.SHOP_URL)
  expect(shop?.address).toBe('db.example:6432/shop')
  expect(shop?.policyPath).toBe(join(made.directory, 'masking.yaml'))
})

test('a loaded configuration prints without its passwords', () => {
  using made = folder({ 'stuntdouble.yaml': withUrl(`\${env:SHOP_URL}`) })
  const config = loadConfig(made.path, environment)

  expect(`${inspect(config, { depth: 9 })}${JSON.stringify(config)}`).not.toContain(canary)
})

test('a missing variable is named with file, line and key', () => {
  using made = folder({ 'stuntdouble.yaml': withUrl(`\${env:OTHER_URL}`) })
  const error = failure(made.path)

  expect(error.code).toBe('config_invalid')
  expect(error.message).toBe(
    `${made.path}:4: sources.shop.url: the environment variable OTHER_URL is not set`,
  )
})

test.each([
  ['an empty variable', `\${env:EMPTY}`, /EMPTY is not set to anything/],
  ['an unknown placeholder', `postgres://\${cmd:id}@db/shop`, /may only hold/],
  ['a missing file', `postgres://u:\${file:absent}@db/shop`, /absent cannot be read: ENOENT/],
  ['an inherited name', `\${env:toString}`, /toString is not set/],
  ['another protocol', 'mysql://u@db/shop', /must be a URL such as/],
])('%s is refused', (_, url, message) => {
  using made = folder({ 'stuntdouble.yaml': withUrl(url) })

  expect(failure(made.path).message).toMatch(message)
})

test('an error never holds the value of a variable', () => {
  using made = folder({ 'stuntdouble.yaml': withUrl(`\${env:SHOP_URL}`) })
  const error = failure(made.path, { ...environment, SHOP_URL: `no-url-${canary}` })

  expect(inspect(error, { depth: 9 })).not.toContain(canary)
})

test('a password file is read relative to the configuration', () => {
  const url = `postgres://reader:\${file:password}@db/shop`
  using made = folder({ 'stuntdouble.yaml': withUrl(url), password: `${canary}\n` })
  const config = loadConfig(made.path, {})

  expect(config.sources.shop?.url.reveal()).toBe(`postgres://reader:${canary}@db/shop`)
  expect(config.warnings).toEqual([])
})

test('a password may hold characters that mean something in a URL', () => {
  using made = folder({ 'stuntdouble.yaml': withUrl(`postgres://u:\${env:WORD}@db/shop`) })
  const url = loadConfig(made.path, { WORD: 'p@ss/w:rd' }).sources.shop?.url.reveal() ?? ''

  expect(decodeURIComponent(new URL(url).password)).toBe('p@ss/w:rd')
  expect(new URL(url).hostname).toBe('db')
})

test('a password that everyone can read is warned about', () => {
  const url = `postgres://reader:\${file:password}@db/shop`
  using made = folder({ 'stuntdouble.yaml': withUrl(url), password: canary })
  chmodSync(join(made.directory, 'password'), 0o644)
  const [warning] = loadConfig(made.path, {}).warnings

  expect(warning).toMatch(/password can be read by everyone/)
  expect(warning).not.toContain(canary)
})

test('a password written into a readable configuration is warned about', () => {
  using made = folder({ 'stuntdouble.yaml': withUrl(`postgres://reader:${canary}@db/shop`) })
  chmodSync(made.path, 0o644)

  expect(loadConfig(made.path, {}).warnings[0]).toMatch(/holds the password of source "shop"/)
})

test('a value that looks like a placeholder is not looked at again', () => {
  using made = folder({ 'stuntdouble.yaml': withUrl(`postgres://u:\${env:WORD}@db/shop`) })
  const config = loadConfig(made.path, { WORD: `\${env:SHOP_URL}`, ...environment })

  expect(config.sources.shop?.url.reveal()).not.toContain(canary)
})

test('the digest changes with a variable that the file names', () => {
  using made = folder({ 'stuntdouble.yaml': withUrl(`\${env:SHOP_URL}`) })
  const other = { ...environment, SHOP_URL: 'postgres://other@db/shop' }

  expect(loadConfig(made.path, environment).digest).not.toBe(loadConfig(made.path, other).digest)
  expect(loadConfig(made.path, environment).digest).toBe(loadConfig(made.path, environment).digest)
})

const credential = (fields: string) =>
  `credentials:\n  api:\n    host: api.example\n    methods: [GET]\n    paths: ["/*"]\n${fields}`

test('a credential is kept as the place where its value is, and not read', () => {
  using made = folder({
    'stuntdouble.yaml': credential(`    value: "\${env:SHOP_URL}"\n`),
    'by-file.yaml': credential(`    value: "\${file:token}"\n    ca: token.pem\n`),
    'by-command.yaml': credential('    command: [print, token]\n    as: API_KEY\n'),
    token: canary,
    'token.pem': '-----BEGIN CERTIFICATE-----\n',
  })
  const { api } = loadConfig(made.path, environment).credentials
  const at = (name: string) => loadConfig(join(made.directory, name), {}).credentials.api

  expect(api).toMatchObject({ variable: 'API_TOKEN', port: 443, from: { variable: 'SHOP_URL' } })
  expect(at('by-file.yaml')).toMatchObject({ from: { file: join(made.directory, 'token') } })
  expect(at('by-command.yaml')).toMatchObject({
    ...{ variable: 'API_KEY', from: { command: ['print', 'token'], directory: made.directory } },
  })
  expect(JSON.stringify([api, at('by-file.yaml')])).not.toContain(canary)
})

test.each([
  ['a value that stands there', `    value: ${canary}`, /api\.value: .*never stands in this file/],
  ['none', '', /credentials\.api: must say where its value is/],
  ['a variable that is not set', `    value: "\${env:NO}"`, /value: .*NO is not set/],
  ['a file that is not there', `    value: "\${file:no}"`, /value: .*cannot be read: ENOENT/],
  ['a header that frames', '    command: [x]\n    inject: { header: host }', /api\.inject/],
  ['no certificates', '    command: [x]\n    ca: stuntdouble.yaml', /ca: .*PEM/],
])('a credential with %s is refused, and the value not said', (_what, fields, message) => {
  using made = folder({ 'stuntdouble.yaml': credential(`${fields}\n`) })
  const error = failure(made.path)

  expect(error.message).toMatch(message)
  expect(inspect(error, { depth: 9 })).not.toContain(canary)
})

test('an unknown key is refused where it stands', () => {
  using made = folder({ 'stuntdouble.yaml': 'limits:\n  maxSandboxes: 3\n  maxSandbox: 3\n' })

  expect(failure(made.path).message).toContain(`${made.path}:3: limits.maxSandbox`)
})

test('a configuration that is not there is said in a sentence', () => {
  expect(failure('/nowhere/stuntdouble.yaml').message).toMatch(/cannot be read: ENOENT/)
})

test('a Redis may be empty, and then has no policy; a database may not', () => {
  const of = (source: string) => folder({ 'stuntdouble.yaml': `sources:\n  cache: ${source}\n` })
  using empty = of('{ kind: redis, url: redis://h/1, stance: empty }')
  using both = of('{ kind: redis, url: redis://h, stance: empty, policy: a.yaml }')
  using neither = of('{ kind: redis, url: redis://h }')
  using tables = of('{ kind: postgres, url: postgres://h/d, stance: empty }')

  expect(loadConfig(empty.path, {}).sources.cache).toMatchObject({
    ...{ stance: 'empty', address: 'h:6379/1' },
  })
  expect(failure(both.path).message).toContain('sources.cache.stance: cannot stand beside a policy')
  expect(failure(neither.path).message).toContain('sources.cache.policy: ')
  expect(failure(tables.path).message).toContain(
    'sources.cache.stance: is for redis and files alone',
  )
})

test('files have a path beside the configuration, and limits; nothing else has', () => {
  const of = (source: string) => folder({ 'stuntdouble.yaml': `sources:\n  up: ${source}\n` })
  using files = of(`{ kind: files, path: "\${env:UPLOADS}", policy: a.yaml, maxSize: 2m }`)
  using noPath = of('{ kind: files, policy: a.yaml }')
  using withUrl = of('{ kind: files, path: x, url: "postgres://h/d", stance: empty }')
  using database = of('{ kind: postgres, url: postgres://h/d, path: x, policy: a.yaml }')
  const { up } = loadConfig(files.path, { UPLOADS: 'srv/uploads' }).sources

  expect(up?.address).toBe(join(files.directory, 'srv/uploads'))
  expect(up?.url.reveal()).toBe(up?.address)
  expect(up?.most).toEqual({ bytes: 2 * 1024 ** 2, entries: 1_000_000 })
  expect(failure(noPath.path).message).toMatch(/sources\.up\.path: .*must name a directory/)
  expect(failure(withUrl.path).message).toContain(
    'sources.up.url: is not for a source of kind files',
  )
  expect(failure(database.path).message).toContain('sources.up.path: is not for a source of kind')
})

import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSecret } from '../../lib/ids.ts'
import { parseSourceUrl } from './source-url.ts'

const parse = (url: string) => parseSourceUrl('shop', url)

describe('a source’s url', () => {
  test('is taken apart, percent-encoded characters decoded', () => {
    const { config, address, database } = parse(
      'postgresql://us%40er:p%2Fa%3As%23s@db.example:6543/my%20shop',
    )

    expect(config).toEqual({
      host: 'db.example',
      port: 6543,
      user: 'us@er',
      password: 'p/a:s#s',
      database: 'my shop',
    })
    expect(address).toBe('db.example:6543/my shop')
    expect(database).toBe('my shop')
  })

  test('has 5432 as its port, and may name an IPv6 address or a socket’s directory', () => {
    expect(parse('postgres://u@h/d').address).toBe('h:5432/d')
    expect(parse('postgres://u@[::1]/d').config.host).toBe('::1')
    expect(parse('postgres://u@/d?host=/run/postgresql&sslmode=require')).toMatchObject({
      config: { host: '/run/postgresql' },
      tls: [false],
    })
  })

  test.each([
    ['not a url', 'cannot be read'],
    ['mysql://u:hush@h/d', 'does not begin with postgres://'],
    ['postgres://u:hush@h', 'names no database'],
    ['postgres://h/d', 'names no user'],
    ['postgres://u:hush@/d', 'names no host'],
    ['postgres://u:hush%zz@h/d', 'holds a % that begins no percent-encoded character'],
    ['postgres://u:hush@h/d?sslmode=maybe', 'has an sslmode that PostgreSQL does not know'],
    [
      'postgres://u:hush@h/d?sslrootcert=/nowhere.pem',
      'names a file in sslrootcert that cannot be read',
    ],
  ])('%s is refused without its password', (url, complaint) => {
    const attempt = () => parse(url)

    expect(attempt).toThrow(`Source "shop": its url ${complaint}.`)
    expect(attempt).not.toThrow(/hush/)
  })
})

describe('sslmode', () => {
  const tls = (query: string) => parse(`postgres://u@h/d?${query}`).tls
  const pem = join(tmpdir(), `${newSecret()}.pem`)
  beforeAll(() => writeFileSync(pem, 'certificate'))
  afterAll(() => rmSync(pem))

  test('falls back to plain text only where it says so', () => {
    expect(tls('').at(-1)).toBe(false)
    expect(tls('sslmode=prefer').at(-1)).toBe(false)
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      expect(tls(`sslmode=${mode}`)).not.toContain(false)
    }
  })

  test('verify-full checks chain and name, verify-ca the chain', () => {
    expect(tls('sslmode=verify-full')).toEqual([{}])
    expect(tls('sslmode=verify-ca')[0]).not.toHaveProperty('rejectUnauthorized')
    expect(tls('sslmode=verify-ca')[0]).toHaveProperty('checkServerIdentity')
  })

  test('require checks the chain once an authority is named', () => {
    expect(tls('sslmode=require')).toEqual([{ rejectUnauthorized: false }])
    expect(tls(`sslmode=require&sslrootcert=${pem}`)[0]).not.toHaveProperty('rejectUnauthorized')
    expect(tls(`sslmode=verify-full&sslrootcert=${pem}`)).toEqual([
      { ca: Buffer.from('certificate') },
    ])
  })
})

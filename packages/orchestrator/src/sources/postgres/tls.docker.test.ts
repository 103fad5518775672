import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresKind } from './postgres.ts'
import { account, startServer, type TestServer } from './testing/server.ts'

const signal = () => AbortSignal.timeout(60_000)
const stack = new AsyncDisposableStack()
let server: TestServer
let certificate: string

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stuntdouble-tls-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  certificate = join(directory, 'server.crt')
  const key = join(directory, 'server.key')
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
  ])
  for (const path of [directory, certificate, key]) {
    if (account.uid !== undefined) await chown(path, account.uid, account.gid)
  }
  const settings = { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key }
  server = stack.use(await startServer(16, { settings }))
})
afterAll(() => stack.disposeAsync())

/** Whether the session ran over TLS, by the server’s own word. */
async function encrypted(query: string, host = '127.0.0.1'): Promise<boolean> {
  const url = server.url().replace('127.0.0.1', host).replace('sslmode=disable', query)
  await using _source = await postgresKind.open({ name: 'shop', url }, signal())
  const admin = await server.client()
  const { rows } = await admin.query(
    `SELECT bool_and(s.ssl) AS ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
      WHERE a.application_name = 'stuntdouble'`,
  )
  return rows[0].ssl
}

describe('a source that speaks TLS', () => {
  test('is spoken to in TLS unless that is switched off', async () => {
    expect(await encrypted('')).toBe(true)
    expect(await encrypted('sslmode=prefer')).toBe(true)
    expect(await encrypted('sslmode=require')).toBe(true)
    expect(await encrypted('sslmode=disable')).toBe(false)
  })

  test('is verified against the authority that the url names', async () => {
    const authority = `sslrootcert=${certificate}`

    expect(await encrypted(`sslmode=verify-full&${authority}`, 'localhost')).toBe(true)
    expect(await encrypted(`sslmode=verify-ca&${authority}`)).toBe(true)
  })

  test('is refused under another name with verify-full, and unknown without its authority', async () => {
    const refused = { code: 'source_refused' }

    await expect(encrypted(`sslmode=verify-full&sslrootcert=${certificate}`)).rejects.toMatchObject(
      refused,
    )
    await expect(encrypted('sslmode=verify-full', 'localhost')).rejects.toMatchObject(refused)
    await expect(encrypted('sslmode=verify-ca')).rejects.toMatchObject(refused)
  })
})

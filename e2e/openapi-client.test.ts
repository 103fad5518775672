import { afterAll, beforeAll, expect, test } from 'vitest'
import { disposeAll } from './lib/dispose-all.ts'
import { GeneratedClient } from './lib/generated-client.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

let production: Production
let stuntdouble: Stuntdouble
let client: GeneratedClient
let url: string
let key: string

beforeAll(async () => {
  production = await startProduction()
  await production.query(`
    CREATE TABLE people (id int PRIMARY KEY, email text UNIQUE NOT NULL);
    INSERT INTO people SELECT n, 'person' || n || '@corp.example' FROM generate_series(1, 500) n`)
  stuntdouble = await Stuntdouble.open({
    env: { SHOP_URL: production.url },
    files: {
      'stuntdouble.yaml': `sources:\n  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }\n`,
    },
  })
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'shop'])
  const orchestrator = await stuntdouble.orchestrator()
  if (!orchestrator) throw new Error('no orchestrator runs')
  ;({ url, key } = orchestrator)
  const document = await fetch(`${url}/v1/openapi.json`)
  client = await GeneratedClient.of(await document.json())
})
afterAll(() => disposeAll(client, stuntdouble, production))

test('a program against types made of the OpenAPI document compiles', async () => {
  expect(await client.check()).toBe('')
})

test('the client it uses completes the demo, and production does not change', async () => {
  const before = await production.checksums()
  const driven = await client.drive(url, key)
  expect(driven.exitCode, driven.stderr).toBe(0)
  const { emails, report, ...seen } = driven.json<{ emails: string[]; report: string[] }>()

  expect(seen).toEqual({
    ...{ stdout: 'hello\n', exitCode: 0, size: 4, read: 'ep', sources: ['shop'] },
    ...{ affected: 500, left: 0, members: ['workspace', 'db'], blocked: true },
    ...{ clean: true, same: true, after: 410 },
  })
  expect(emails).toEqual(Array(3).fill(expect.stringContaining('@')))
  expect(emails.join()).not.toContain('corp.example')
  expect(report).toEqual(
    expect.arrayContaining(['ready', 'command', 'file_written', 'file_moved', 'query']),
  )
  expect(report).toContain('egress_denied')
  expect(await production.checksums()).toEqual(before)
})

test('the same program does not compile against a document that lacks what it uses', async () => {
  await using other = await GeneratedClient.of(await withoutFiles())

  expect(await other.check()).toContain('/s/{handover}/files/{path}')
})

async function withoutFiles(): Promise<object> {
  const response = await fetch(`${url}/v1/openapi.json`)
  const document = (await response.json()) as { paths: Record<string, unknown> }
  delete document.paths['/s/{handover}/files/{path}']
  return document
}

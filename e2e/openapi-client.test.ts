import { afterAll, beforeAll, expect, test } from 'vitest'
import { GeneratedClient } from './lib/generated-client.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

let stuntdouble: Stuntdouble
let client: GeneratedClient
let url: string
let key: string

beforeAll(async () => {
  stuntdouble = await Stuntdouble.open()
  await stuntdouble.json(['ls'])
  const orchestrator = await stuntdouble.orchestrator()
  if (!orchestrator) throw new Error('no orchestrator runs')
  ;({ url, key } = orchestrator)
  const document = await fetch(`${url}/v1/openapi.json`)
  client = await GeneratedClient.of(await document.json())
})
afterAll(async () => {
  await client?.[Symbol.asyncDispose]()
  await stuntdouble?.[Symbol.asyncDispose]()
})

test('a program against types made of the OpenAPI document compiles', async () => {
  expect(await client.check()).toBe('')
})

test('the client it uses leads a sandbox from its creation to its receipt', async () => {
  expect((await client.drive(url, key)).json()).toEqual({
    ...{ stdout: 'hello\n', exitCode: 0, path: '/workspace/ü b.txt', read: 'kept', same: true },
  })
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

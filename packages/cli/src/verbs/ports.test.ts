import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'

async function open() {
  const orchestrator = await startFakeOrchestrator()
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse({}))
  return {
    id: view.id,
    cli: new Cli(orchestrator),
    [Symbol.asyncDispose]: () => orchestrator[Symbol.asyncDispose](),
  }
}

test('what listens inside is listed with its links', async () => {
  await using box = await open()
  const { code, stdout } = await box.cli.run('ports', box.id)

  expect(code).toBe(0)
  expect(stdout).toMatch(
    new RegExp(`^PORT +LINK\\n3000 +http://3000-${box.id}.localhost/\\?token=`),
  )
})

test('a link to one port is printed alone', async () => {
  await using box = await open()
  const { stdout } = await box.cli.run('url', box.id, '--port', '8080')

  expect(stdout).toBe(`http://8080-${box.id}.localhost/?token=fake\n`)
})

test('a program gets the port and the link', async () => {
  await using box = await open()
  const { stdout } = await box.cli.run('url', box.id, '--port', '8080', '--json')

  expect(JSON.parse(stdout)).toMatchObject({ id: box.id, port: 8080 })
})

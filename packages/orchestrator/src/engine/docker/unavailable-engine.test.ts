import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { anySignal, aPod } from '../contract-pods.ts'
import { openDockerEngine } from './docker-engine.ts'
import { asEngineError } from './docker-errors.ts'

const pod = aPod({ image: 'stuntdouble/workspace', now: Date.now })

test('without an engine every call says what to start, and a diagnosis still comes', async () => {
  const { engine } = await openAt()

  for (const asked of [
    () => engine.start(pod, anySignal()),
    () => engine.observe(pod.id, anySignal()),
    () => engine.destroy(pod.id, anySignal()),
  ]) {
    await expect(asked()).rejects.toMatchObject({
      code: 'engine_unavailable',
      hint: expect.stringContaining('Start Docker'),
    })
  }
  expect(await engine.diagnose(anySignal())).toMatchObject([{ name: 'engine', status: 'fail' }])
})

test('an engine that is too old is refused by name of its version', async () => {
  const { engine, socketPath } = await openAt()
  const old = createServer((request, response) => {
    const version = request.url?.endsWith('/version')
    response.setHeader('content-type', 'application/json')
    response.end(version ? '{"ApiVersion":"1.40","Version":"19.03"}' : '[]')
  })
  old.listen(socketPath)
  await once(old, 'listening')
  onTestFinished(() => void old.close())

  await expect(engine.start(pod, anySignal())).rejects.toMatchObject({
    code: 'engine_unavailable',
    message: expect.stringContaining('1.40'),
  })
})

test('a socket this user may not open says who may', () => {
  const cause = Object.assign(new Error('connect EACCES'), { code: 'EACCES' })

  expect(asEngineError('/run/docker.sock', 'listing containers', cause)).toMatchObject({
    code: 'engine_unavailable',
    hint: expect.stringContaining('`docker` group'),
  })
})

async function openAt() {
  const runDirectory = await mkdtemp(join(tmpdir(), 'sd-'))
  onTestFinished(() => rm(runDirectory, { recursive: true, force: true }))
  const socketPath = join(runDirectory, 'docker.sock')
  const engine = await openDockerEngine({
    socketPath,
    installation: 'test-none',
    runDirectory,
    imagesDirectory: runDirectory,
    poolBytes: 2 ** 30,
  })
  onTestFinished(() => engine[Symbol.asyncDispose]())
  return { engine, socketPath }
}

import { isSandboxBackend } from 'deepagents'
import { expect, test } from 'vitest'
import { openBox } from '../testing/open-box.ts'
import { SandboxBackend } from './deepagents.ts'

test('the framework takes it for a backend that runs commands', async () => {
  await using box = await openBox()
  const backend = new SandboxBackend(box)

  expect(isSandboxBackend(backend)).toBe(true)
  expect(backend.id).toBe(box.id)
  expect(await backend.execute('echo one; echo two >&2; exit 3')).toEqual({
    ...{ output: 'one\ntwo\n', exitCode: 3, truncated: false },
  })
})

test('a command that takes too long is an answer, and says what to do', async () => {
  await using box = await openBox()
  const { output, exitCode } = await new SandboxBackend(box, { timeoutMs: 200 }).execute('sleep 20')

  expect(exitCode).toBe(124)
  expect(output).toContain('Give it more time.')
})

test('the end of the sandbox is thrown: no file and no command is to blame', async () => {
  await using box = await openBox()
  const backend = new SandboxBackend(box)
  await box.kill()

  await expect(backend.execute('true')).rejects.toMatchObject({ code: 'sandbox_gone' })
  await expect(backend.downloadFiles(['a'])).rejects.toMatchObject({ code: 'sandbox_gone' })
  await expect(backend.uploadFiles([['a', Uint8Array.of(1)]])).rejects.toMatchObject({
    code: 'sandbox_gone',
  })
})

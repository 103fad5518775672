import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ControlClient } from '../control/control.ts'
import { startFakeOrchestrator } from '../testing/fake-orchestrator.ts'
import { Blueprint } from '../wire/blueprint.ts'
import { uploadWorkspace } from './upload-workspace.ts'

async function directories() {
  const root = await mkdtemp(join(tmpdir(), 'upload-'))
  await mkdir(join(root, 'project/app'), { recursive: true })
  await mkdir(join(root, 'project-2'))
  await writeFile(join(root, 'project/app/main.js'), 'hello from the workspace')
  await symlink('..', join(root, 'project/up'))
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) }
}

async function upload(root: string, from: string | undefined) {
  await using orchestrator = await startFakeOrchestrator()
  const blueprint = Blueprint.parse({ workspace: from === undefined ? {} : { from } })
  const file = { blueprint, directory: join(root, 'project') }
  const uploaded = await uploadWorkspace(new ControlClient(orchestrator), file)
  return { uploaded, archives: orchestrator.state.workspaces }
}

test.each(['.', 'app', './app/'])('workspace.from %s is sent as a tar archive', async (from) => {
  await using here = await directories()
  const { uploaded, archives } = await upload(here.root, from)
  expect(archives.get(uploaded?.id ?? '')?.toString()).toContain('hello from the workspace')
})

test.each(['..', '../project-2', '/etc', 'up', 'app/../..'])(
  'workspace.from %s is refused, and nothing is sent',
  async (from) => {
    await using here = await directories()
    await expect(upload(here.root, from)).rejects.toMatchObject({ code: 'policy_refused' })
  },
)

test('without workspace.from nothing is sent', async () => {
  await using here = await directories()
  expect((await upload(here.root, undefined)).uploaded).toBeUndefined()
})

test('a directory that is not there is said to be missing', async () => {
  await using here = await directories()
  await expect(upload(here.root, 'absent')).rejects.toThrow('absent cannot be read')
})

import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { expect, test } from 'vitest'
import { newSandboxId } from '../../lib/ids.ts'
import { openDockerEngine } from './docker-engine.ts'
import { label, ownerLabels } from './labels.ts'
import { poolLabel } from './pool-names.ts'

const imagesDirectory = join(import.meta.dirname, '../../../../../images')
const image = 'stuntdouble/base:bookworm'

async function openUnderTest() {
  const directory = await mkdtemp(join(tmpdir(), 'sd-'))
  const installation = `test-${newSandboxId()}`
  const scratchDirectory = join(directory, 'images')
  const engine = await openDockerEngine({
    ...{ installation, imagesDirectory, scratchDirectory, poolBytes: 2 ** 30 },
    runDirectory: join(directory, 'run'),
  })
  await engine.images.ensure(image, () => {}, AbortSignal.timeout(300_000))
  const made: Docker.Container[] = []
  return {
    engine,
    installation,
    scratchDirectory,
    async container(labels: Record<string, string>, isStarted = false) {
      const config = { Image: image, Cmd: ['sleep', '600'], Labels: labels }
      const container = await new Docker().createContainer(config)
      made.push(container)
      if (isStarted) await container.start()
      return container.id
    },
    async left() {
      const all = await new Docker().listContainers({ all: true })
      return made.map(({ id }) => id).filter((id) => all.some(({ Id }) => Id === id))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(made.map((one) => one.remove({ force: true }).catch(() => {})))
      await engine[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

test('what a killed process had at work for no pod goes, and nothing else', async ({ signal }) => {
  await using under = await openUnderTest()
  const { installation, scratchDirectory } = under
  await under.container({ [poolLabel.pool]: installation, [poolLabel.kind]: 'pool-helper' }, true)
  await under.container({ [poolLabel.pool]: installation, [poolLabel.kind]: 'runner' })
  await under.container({ [label.installation]: installation, [label.kind]: 'helper' })
  const pod = newSandboxId()
  const stays = [
    await under.container({ [poolLabel.pool]: installation, [poolLabel.kind]: 'pool-keeper' }),
    await under.container({ [poolLabel.pool]: 'test-another', [poolLabel.kind]: 'pool-helper' }),
    await under.container(ownerLabels({ installation, pod, podKind: 'sandbox' }, 'helper')),
    await under.container({ [poolLabel.kind]: 'pool-helper' }),
  ]
  await mkdir(join(scratchDirectory, 'stuntdouble-image-x'), { recursive: true })
  await writeFile(join(scratchDirectory, 'stuntdouble-image-x/package.tgz'), 'torn')

  await under.engine.recover(signal)
  expect(await under.left()).toEqual(stays)
  await expect(stat(scratchDirectory)).rejects.toMatchObject({ code: 'ENOENT' })
  await under.engine.recover(signal)
})

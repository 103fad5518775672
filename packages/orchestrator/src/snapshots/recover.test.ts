import { expect, test } from 'vitest'
import { newHelperId, newSandboxId } from '../lib/ids.ts'
import { openBuild } from './testing/build-under-test.ts'
import { shop, shopPolicy } from './testing/shop.ts'

const never = new AbortController().signal

test('a pod for one piece of work is removed even where it has no container yet', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const [helper, sandbox] = [newHelperId(), newSandboxId()]
  for (const pod of [helper, sandbox]) {
    const volume = { name: `${pod}-first`, pod, uid: 1000, gid: 1000, mode: 0o700 }
    await under.engine.volumes.create(volume, never)
  }
  await under.restarted().recover(never)

  expect((await under.engine.list(never)).map(({ id }) => id)).toEqual([sandbox])
})

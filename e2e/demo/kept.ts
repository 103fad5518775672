import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openEngine } from '../lib/container-runtime.ts'
import { repository } from '../lib/images.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'

/** What `--keep` leaves, so that `--end` finds it. */
interface Kept {
  readonly root: string
  readonly productionId: string
}

const file = join(repository, '.tools/demo.json')

export async function keep(kept: Kept): Promise<void> {
  await endKept()
  await writeFile(file, JSON.stringify(kept))
}

/** Content when nothing was kept. */
export async function endKept(): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return false
  const { root, productionId } = JSON.parse(text) as Kept
  await Stuntdouble.reopen(root)[Symbol.asyncDispose]()
  const engine = await openEngine()
  await engine.getContainer(productionId).remove({ force: true, v: true }).catch(ignoreAbsent)
  await rm(file)
  return true
}

function ignoreAbsent(cause: { statusCode?: number }): void {
  if (cause.statusCode !== 404) throw cause
}

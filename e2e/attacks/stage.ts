import { readFile, rm, writeFile } from 'node:fs/promises'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { removeContainer } from './plain-container.ts'

/** What the scene of a run consists of, for the next file of it and for its end. */
export interface Stage {
  readonly root: string
  readonly production: { readonly id: string; readonly url: string; readonly adminUrl: string }
  /** Of the hand-overs. */
  readonly urls: { readonly box: string; readonly other: string; readonly behind: string }
  readonly plain: string
  readonly plainOnHost: string
}

export const writeStage = (file: string, stage: Stage) =>
  writeFile(file, JSON.stringify(stage), { mode: 0o600 })

export async function readStage(file: string): Promise<Stage | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Stage)
}

/** Ends all of it; content when no file needed it. Fails when anything is left. */
export async function strike(file: string): Promise<void> {
  const stage = await readStage(file)
  if (!stage) return
  await rm(file)
  await using scope = new AsyncDisposableStack()
  for (const id of [stage.production.id, stage.plain, stage.plainOnHost])
    scope.defer(() => removeContainer(id))
  scope.use(Stuntdouble.reopen(stage.root, { SHOP_URL: stage.production.url }))
}

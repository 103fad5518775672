import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { findBlueprint } from '@stuntdouble/sdk/node'
import type { Call } from '../call.ts'
import { humanBytes, plural } from '../output/amounts.ts'
import { printableName } from '../output/printable.ts'
import { openStatus } from '../output/status.ts'
import { actingPaths } from './acting-paths.ts'
import { type Reviewed, review, writePatchFile } from './review.ts'

export interface TakeOptions {
  readonly branch?: string
  readonly patch?: string
  readonly apply?: boolean
  readonly directory?: string
}

interface Pulling {
  readonly control: ControlClient
  readonly id: string
  readonly signal: AbortSignal
}

/** Brings what was changed in a sandbox here, and prints where it is. */
export async function take(
  call: Call<TakeOptions>,
  { control, id, signal }: Pulling,
): Promise<void> {
  const { cwd } = call.context
  await using scope = new AsyncDisposableStack()
  const { patch, size } = await fetched(call, { control, id, signal }, scope)
  const bytes = humanBytes(size)
  if (size === 0) return call.print({ id, files: [] }, 'Nothing was changed.\n')
  if (call.options.patch !== undefined) {
    return call.print(
      { id, patch, size },
      `${call.options.patch}: ${bytes}. Read it before you apply it.\n`,
    )
  }
  const directory = resolve(cwd, call.options.directory ?? (await workspaceHere(cwd)))
  const reviewed = scope.use(await review({ directory, patch }))
  signal.throwIfAborted()
  await bring(call, id, reviewed)
}

/** In the file that was asked for, or in one that goes with the scope. */
async function fetched(
  call: Call<TakeOptions>,
  { control, id, signal }: Pulling,
  scope: AsyncDisposableStack,
) {
  using status = openStatus(call.context)
  status.show({ phase: 'diff', message: 'Comparing with what went in' })
  const stream = await control.patch(id, { signal })
  const named = call.options.patch
  const directory = named === undefined ? await mkdtemp(join(tmpdir(), 'stuntdouble-pull-')) : ''
  if (named === undefined) scope.defer(() => rm(directory, { recursive: true, force: true }))
  const patch = named === undefined ? join(directory, 'patch') : resolve(call.context.cwd, named)
  const size = await writePatchFile(stream as unknown as AsyncIterable<Uint8Array>, patch)
  return { patch, size }
}

async function bring({ options, print }: Call<TakeOptions>, id: string, reviewed: Reviewed) {
  const files = reviewed.paths
  const taken = plural(files.length, 'file')
  const acting = actingPaths(files)
  const warning =
    acting.length > 0
      ? `These take effect by themselves when you check out, open or build it: ${acting.map(printableName).join(', ')}.\n`
      : ''
  if (options.apply) {
    await reviewed.apply()
    return print({ id, files, acting }, `${taken} changed here.\n${warning}`)
  }
  const branch = options.branch ?? `stuntdouble/${id}`
  const commit = await reviewed.branch(branch, `Changes made in sandbox ${id}`)
  const next = `  git diff HEAD...${branch}\n  git merge ${branch}\n`
  print(
    { id, branch, commit, files, acting },
    `${taken} on the branch ${branch}.\n${warning}${next}`,
  )
}

async function workspaceHere(cwd: string): Promise<string> {
  const { blueprint, directory } = await findBlueprint(cwd)
  return resolve(directory, blueprint.workspace.from ?? '.')
}

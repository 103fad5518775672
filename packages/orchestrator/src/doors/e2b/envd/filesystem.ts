import { SandboxError } from '@stuntdouble/sdk/errors'
import { z } from 'zod'
import { type Rpc, unary } from '../connect/rpc.ts'
import { type Caller, treeOf } from './caller.ts'
import { insidePath } from './inside-path.ts'
import { watchRpc } from './watch.ts'
import { watcherRpcs } from './watcher-rpcs.ts'

const Path = z.string().max(10_000).default('').transform(insidePath)
const OnePath = z.object({ path: Path })
const mostDepth = 64

/** `filesystem.Filesystem` of envd. */
export const filesystemRpcs: Readonly<Record<string, Rpc<Caller>>> = {
  Stat: unary(OnePath, async ({ path }, { caller, signal }: Call) => ({
    entry: await treeOf(caller, signal).stat(path),
  })),
  ListDir: unary(
    OnePath.extend({ depth: z.int().min(0).max(mostDepth).default(1) }),
    async ({ path, depth }, { caller, signal }: Call) => ({
      entries: await treeOf(caller, signal).list(path, Math.max(depth, 1)),
    }),
  ),
  MakeDir: unary(OnePath, async ({ path }, { caller, signal }: Call) => ({
    entry: await treeOf(caller, signal).makeDirectory(path),
  })),
  Move: unary(
    z.object({ source: Path, destination: Path }),
    async ({ source, destination }, { caller, signal }: Call) => ({
      entry: await treeOf(caller, signal).move(source, destination),
    }),
  ),
  WatchDir: watchRpc,
  ...watcherRpcs,
  Remove: unary(OnePath, async ({ path }, { caller, signal }: Call) => {
    await remove(caller, path, signal)
    return {}
  }),
}

/** As `os.RemoveAll` has it, which envd calls: content when it is not there. */
async function remove({ doors, sandbox, recorder }: Caller, path: string, signal: AbortSignal) {
  try {
    await doors.files.remove({ sandbox, path }, signal)
    recorder.record(sandbox, 'file_removed', { path })
  } catch (cause) {
    if (!(cause instanceof SandboxError && cause.code === 'file_not_found')) throw cause
  }
}

interface Call {
  readonly caller: Caller
  readonly signal: AbortSignal
}

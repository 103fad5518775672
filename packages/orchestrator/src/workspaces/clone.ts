import { Readable } from 'node:stream'
import type { CloneSpec, OnProgress } from '@stuntdouble/sdk/wire'
import type { Process } from '../engine/engine.ts'
import { cloneEnvironment, cloneScript } from './clone-script.ts'
import { cloneFailure } from './errors.ts'
import type { HelperPod } from './helper-pod.ts'
import { rewritten } from './rewrite-archive.ts'

const sayLimitBytes = 64 * 1024

/**
 * Fetches one commit of a repository inside a helper pod, checks it out there with everything off that
 * could run a program or reach another place, and resolves with its files as a tar that was written
 * anew. Of the repository itself nothing comes along.
 */
export async function cloneInside(
  pod: HelperPod,
  spec: CloneSpec,
  { onProgress, signal }: { readonly onProgress: OnProgress; readonly signal: AbortSignal },
): Promise<Readable> {
  const command = ['sh', '-c', cloneScript, 'sh', spec.url, spec.ref ?? 'HEAD']
  const fetching = await pod.exec(command, cloneEnvironment, signal)
  fetching.stdin.end()
  fetching.stdout.resume()
  const said = await follow(fetching, (done, total) =>
    onProgress({ phase: 'clone', message: 'Cloning', done, total, unit: 'steps' }),
  )
  signal.throwIfAborted()
  if ((await fetching.exit) !== 0) throw cloneFailure(spec, said)
  return packedTree(pod, onProgress, signal)
}

async function packedTree(
  pod: HelperPod,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Readable> {
  const command = ['tar', '--create', '--file=-', '--directory=tree', '--exclude=./.git', '.']
  const packing = await pod.exec(command, cloneEnvironment, signal)
  packing.stdin.end()
  packing.stderr.resume()
  const leftOut: string[] = []
  const files = rewritten(packing.stdout, (path) => leftOut.push(path))
  async function* whole() {
    yield* files
    if ((await packing.exit) !== 0) throw cloneFailure(undefined, '')
    if (leftOut.length > 0) onProgress({ phase: 'clone', message: leftOutText(leftOut) })
  }
  return Readable.from(whole(), { objectMode: false })
}

const leftOutText = (paths: readonly string[]) =>
  `Left out, as they look like secrets or lead out: ${paths.slice(0, 5).join(', ')}${
    paths.length > 5 ? ` and ${paths.length - 5} more` : ''
  }`

/** What git says, whose words may be the server’s; of it only two numbers go further. */
async function follow(
  { stderr }: Process,
  onCount: (done: number, total: number) => void,
): Promise<string> {
  let said = ''
  for await (const chunk of stderr) {
    said = (said + chunk.toString('latin1')).slice(-sayLimitBytes)
    const counts = /.*\rReceiving objects: +\d+% \((\d+)\/(\d+)\)/s.exec(`\r${said}`)
    if (counts) onCount(Number(counts[1]), Number(counts[2]))
  }
  return said
}

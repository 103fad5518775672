import type Docker from 'dockerode'
import type { VolumeCopy, VolumeSpec } from '../engine.ts'
import {
  beginScript,
  clearHalfScript,
  continueOthers,
  copyScript,
  finishScript,
  forkScript,
  newStage,
  restoreScript,
  stageScript,
  stopOthers,
  undoScript,
  unstageScript,
} from './checkpoint-scripts.ts'
import type { EngineVolumes } from './docker-volumes-engine.ts'
import { type HelpedPod, runPodHelper } from './pod-helper.ts'
import type { Pool } from './pool.ts'
import {
  checkpointAbsent,
  checkpointFailed,
  diskFull,
  noAttributes,
  notSealed,
  poolBroken,
  volumeTaken,
} from './pool-errors.ts'
import { scriptExit } from './pool-scripts.ts'
import type { ShellResult } from './shell.ts'

export interface CheckpointParts {
  readonly docker: Docker
  readonly installation: string
  readonly pool: Pool
  readonly engine: EngineVolumes
}

const undoWithinMs = 60_000
/** To read and to write what is another’s. None to make a device, or to look into another’s process. */
const forCopies = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID'] as const

/**
 * Copies in a container that sees these volumes and nothing else: who writes to one meanwhile, and
 * puts a link where a directory was, leads it to what is the writer’s own already. With a pod, all
 * of its processes are held still for as long.
 */
export async function makeCheckpoint(
  parts: CheckpointParts,
  { copies, pod }: { readonly copies: readonly VolumeCopy[]; readonly pod?: HelpedPod },
  signal: AbortSignal,
): Promise<void> {
  const { docker, installation, pool, engine } = parts
  const { mountpoint } = await pool.open(signal)
  for (const { volume } of copies) {
    if (!(await engine.keepsAttributes(volume))) throw noAttributes(volume)
  }
  check(await pool.run(beginScript(copies), signal), copies)
  try {
    const script = ['failed=0', pod && stopOthers, copyScript(copies), pod && continueOthers]
    const exitCode = await runPodHelper(
      {
        ...{ docker, installation, pod },
        script: [...script.filter(Boolean), 'exit "$failed"'].join('\n'),
        capabilities: pod ? [...forCopies, 'KILL'] : forCopies,
        binds: copies.map(({ volume }) => `${mountpoint}/volumes/${volume}:/volumes/${volume}`),
      },
      signal,
    )
    if (exitCode !== 0) throw checkpointFailed(exitCode)
    check(await pool.run(finishScript(copies), signal), copies)
  } catch (cause) {
    await pool.copy(undoScript(copies), AbortSignal.timeout(undoWithinMs)).catch(() => {})
    throw cause
  }
}

/** Once nobody copies any more: a copier that was ended cannot have cleared away what it had made. */
export async function clearHalfCopies(
  { pool }: CheckpointParts,
  pod: string,
  signal: AbortSignal,
): Promise<void> {
  if (await pool.exists()) await pool.run(clearHalfScript(pod), signal)
}

export async function restoreCheckpoint(
  { pool }: CheckpointParts,
  { copy, unmounted }: { readonly copy: VolumeCopy; readonly unmounted: Promise<unknown> },
  signal: AbortSignal,
): Promise<void> {
  const staged = newStage()
  // Heard below; it may come before anybody listens there.
  unmounted.catch(() => {})
  try {
    check(await pool.copy(stageScript(copy, staged), signal), [copy])
    await unmounted
    check(await pool.run(restoreScript(copy.volume, staged), signal), [copy])
  } catch (cause) {
    const undone = pool.copy(unstageScript(staged), AbortSignal.timeout(undoWithinMs))
    await undone.catch(() => {})
    throw cause
  }
}

/** Answers which sealed volume lies below, if one does. */
export async function forkCheckpoint(
  { pool }: CheckpointParts,
  { checkpoint, volume }: { readonly checkpoint: string; readonly volume: VolumeSpec },
  signal: AbortSignal,
): Promise<string | null> {
  const result = await pool.copy(forkScript(checkpoint, volume), signal)
  check(result, [{ volume: volume.name, as: checkpoint }])
  return result.stdout.trim() || null
}

function check({ exitCode, stdout, stderr }: ShellResult, copies: readonly VolumeCopy[]): void {
  const [{ volume, as } = { volume: '', as: '' }] = copies
  if (exitCode === scriptExit.taken) throw volumeTaken(as)
  if (exitCode === scriptExit.full) throw diskFull(Number(stdout.trim().split('\n').at(-1)))
  if (exitCode === scriptExit.absent) throw checkpointAbsent(as)
  if (exitCode === scriptExit.notSealed) throw notSealed(volume)
  if (exitCode !== 0) throw poolBroken(stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '')
}

import { readFile, writeFile } from 'node:fs/promises'
import type { SnapshotDetail } from '@stuntdouble/sdk/wire'
import type { Stuntdouble } from '../lib/stuntdouble.ts'

export interface MeasuredBuild {
  readonly snapshot: SnapshotDetail
  /** From the request to the seal. */
  readonly ms: number
  /** How long each phase took. */
  readonly phases: Readonly<Record<string, number>>
  /** The most memory the orchestrator held at any moment of it. */
  readonly peakBytes: number
}

export async function measureBuild(project: Stuntdouble, source: string): Promise<MeasuredBuild> {
  const control = await project.control()
  const pid = (await project.orchestrator())?.pid ?? 0
  await forgetPeak(pid)
  const phases: Record<string, number> = {}
  const since = performance.now()
  let entered = since
  let phase = 'inspect'
  const leave = (next: string) => {
    const now = performance.now()
    phases[phase] = (phases[phase] ?? 0) + now - entered
    entered = now
    phase = next
  }
  const { id } = await control.buildSnapshot(source, {
    onProgress: (progress) => {
      if (progress.phase !== phase) leave(progress.phase)
    },
  })
  leave('done')
  const ms = performance.now() - since
  return { snapshot: await control.snapshot(id), ms, phases, peakBytes: await peakOf(pid) }
}

/** https://www.kernel.org/doc/html/latest/filesystems/proc.html: 5 resets the peak to what is held now. */
const forgetPeak = (pid: number) => writeFile(`/proc/${pid}/clear_refs`, '5')

async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
}

import type { OnProgress } from '@stuntdouble/sdk/wire'

const doing = {
  inspect: 'inspecting the source',
  choose: 'choosing rows',
  stage: 'starting an empty server',
  schema: 'making its tables',
  copy: 'copying and masking rows',
  index: 'building keys and indexes',
  verify: 'checking the copy',
  leaks: 'looking for real values in the copy',
  seal: 'sealing the copy',
} as const
export type PhaseName = keyof typeof doing

/** Where a build is; the last one entered is what a failure names. */
export interface Phases {
  enter(phase: PhaseName): void
  step(what: string, done: number, total: number): void
  readonly current: string
}

export function phasesOf(onProgress: OnProgress): Phases {
  let phase: PhaseName = 'inspect'
  return {
    enter(next) {
      phase = next
      const words = doing[next]
      onProgress({ phase, message: words.charAt(0).toUpperCase() + words.slice(1) })
    },
    step: (message, done, total) => onProgress({ phase, message, done, total, unit: 'steps' }),
    get current() {
      return doing[phase]
    },
  }
}

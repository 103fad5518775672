import type { Recorder } from '../../../recorder/recorder.ts'
import type { Doors } from '../../doors.ts'
import { type Tree, treeIn } from './tree.ts'
import type { Watchers } from './watchers.ts'

/** One admitted request’s sandbox, and what may be done with it. */
export interface Caller {
  readonly sandbox: string
  readonly doors: Pick<Doors, 'commands' | 'files' | 'processes' | 'tree' | 'watching'>
  /** What its creator wanted in the environment of every process. */
  readonly env: Readonly<Record<string, string>>
  readonly recorder: Recorder
  readonly watchers: Watchers
}

export const treeOf = ({ doors, sandbox }: Caller, signal: AbortSignal): Tree =>
  treeIn(doors.tree, sandbox, signal)

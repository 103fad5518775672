import type { Recorder } from '../../../recorder/recorder.ts'
import type { Doors } from '../../doors.ts'
import { createTree, type Tree } from './tree.ts'

/** One admitted request’s sandbox, and what may be done with it. */
export interface Caller {
  readonly sandbox: string
  readonly doors: Pick<Doors, 'commands' | 'files' | 'processes'>
  /** What its creator wanted in the environment of every process. */
  readonly env: Readonly<Record<string, string>>
  readonly recorder: Recorder
}

export const treeOf = ({ doors, sandbox }: Caller, signal: AbortSignal): Tree =>
  createTree(doors.commands, sandbox, signal)

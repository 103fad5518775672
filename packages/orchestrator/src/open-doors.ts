import type { ProcessView } from '@stuntdouble/sdk/wire'
import { Problem } from '@stuntdouble/sdk/wire'
import { createDoors, type Doors, type DoorsParts, type ProcessObserver } from './doors/doors.ts'
import { commandText } from './gateway/command-text.ts'
import type { Recorder } from './recorder/recorder.ts'

/** The doors, whose processes are recorded. */
export const openDoors = ({
  recorder,
  ...parts
}: Omit<DoorsParts, 'observer'> & { readonly recorder: Pick<Recorder, 'record'> }): Doors =>
  createDoors({ ...parts, observer: recordProcesses(recorder) })

/** What runs in the background, in the flight recorder; the gateway finds there what a restart lost. */
const recordProcesses = (recorder: Pick<Recorder, 'record'>): ProcessObserver => ({
  started: (sandbox, { id, pid, command, cwd, tty }) =>
    recorder.record(sandbox, 'process_started', {
      ...{ process: id, pid, cwd, tty, command: commandText(command ?? undefined) },
    }),
  ended(sandbox, view) {
    const problem = problemCode(view)
    // The end of the sandbox tells it.
    if (problem === 'sandbox_gone') return
    const { id, exitCode } = view
    recorder.record(sandbox, 'process_ended', {
      process: id,
      exitCode,
      ...(problem && { problem }),
    })
  },
})

const problemCode = ({ problem }: ProcessView) => Problem.safeParse(problem).data?.code

import {
  Checkpoint,
  CreateCheckpointRequest,
  RollbackRequest,
  SandboxView,
} from '@stuntdouble/sdk/wire'
import { type AddTool, sandboxTool } from './tool.ts'

/** States of a sandbox that it can go back to. */
export interface States {
  create(sandbox: string, name?: string): Promise<Checkpoint>
  /** Newest first. */
  list(sandbox: string): readonly Checkpoint[]
  /** Ends what runs. */
  rollback(sandbox: string, to?: string): Promise<SandboxView>
}

export const stateTools = (states: States): readonly AddTool[] => [
  checkpointTool(states),
  rollbackTool(states),
]

const checkpointTool = (states: States): AddTool =>
  sandboxTool(
    {
      name: 'checkpoint',
      title: 'Keep this state',
      description:
        'Keeps the state of databases, files and /workspace at this moment, for rollback to go back to. Make one before what may go wrong. Processes, /tmp and /home are no part of it. Everything stands still for a moment and then goes on.',
      input: CreateCheckpointRequest,
      output: Checkpoint,
      annotations: { destructiveHint: false, idempotentHint: false, openWorldHint: false },
    },
    async ({ name }, { sandbox }) => {
      const structured = await states.create(sandbox, name)
      return { structured, text: `checkpoint "${structured.name}" is made` }
    },
  )

const RolledBack = SandboxView.pick({ state: true, expiresAt: true, idleAt: true }).extend({
  checkpoint: Checkpoint.shape.name,
})

const rollbackTool = (states: States): AddTool =>
  sandboxTool(
    {
      name: 'rollback',
      title: 'Go back to a checkpoint',
      description:
        'Takes databases, files and /workspace back to a checkpoint, the newest when none is named, and waits until they are there. What was done since is lost, and every process ends: start again those that are wanted. Checkpoints, links and the time left stay as they are.',
      input: RollbackRequest,
      output: RolledBack,
      annotations: { destructiveHint: true, idempotentHint: true, openWorldHint: false },
      endsUses: true,
    },
    async ({ to }, { sandbox }) => {
      const wanted = to ?? states.list(sandbox)[0]?.name
      const view = await states.rollback(sandbox, wanted)
      const structured = RolledBack.parse({ ...view, checkpoint: wanted })
      return { structured, text: `the sandbox is as it was at checkpoint "${wanted}"` }
    },
  )

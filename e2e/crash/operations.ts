import type { ControlClient } from '@stuntdouble/sdk/client'
import { Blueprint } from '@stuntdouble/sdk/wire'

/** What its caller was told; a promise that was made must be kept. */
export interface Told {
  readonly lives: readonly string[]
  readonly hasEnded: readonly string[]
  /** Everything that ran has died with its engine. */
  readonly nothingLives?: boolean
}

/** Something that a user asks for, and in the middle of which the machine stops. */
export interface Operation {
  readonly name: string
  /** Makes what it works on, before anything is counted; answers a sandbox. */
  prepare(control: ControlClient, workspace: string): Promise<string>
  run(control: ControlClient, prepared: string): Promise<Told>
}

const blueprint = Blueprint.parse({
  ttl: '10m',
  files: { notes: { source: 'notes', path: '/data/notes' } },
})

const createOne = async (control: ControlClient, workspace: string, ttl = '10m') =>
  (await control.createSandbox({ blueprint, workspace, ttl })).id

/** A workspace that is unpacked, a clone that is mounted, the gate and the container. */
export const create: Operation = {
  name: 'create',
  prepare: async (_, workspace) => workspace,
  run: async (control, workspace) => ({
    lives: [await createOne(control, workspace)],
    hasEnded: [],
  }),
}

export const destroy: Operation = {
  name: 'destroy',
  prepare: (control, workspace) => createOne(control, workspace),
  run: async (control, id) => ({ lives: [], hasEnded: [(await control.destroySandbox(id)).id] }),
}

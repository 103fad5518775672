import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { Blueprint } from '@stuntdouble/sdk/wire'

/** What its caller was told; a promise that was made must be kept. */
export interface Told {
  readonly lives: readonly string[]
  readonly hasEnded: readonly string[]
  /** What each that is ready says of itself is one of these. */
  readonly holds: readonly string[]
  /** How many each that is ready has at least. */
  readonly checkpoints?: number
  /** Everything that ran has died with its engine. */
  readonly nothingLives?: boolean
}

/** Something that a user asks for, and in the middle of which the machine stops. */
export interface Operation {
  readonly name: string
  /** Makes in passing what each orchestrator makes once, so that only one that just started shows it. */
  readonly beginsAnew?: boolean
  /** Makes what it works on, before anything is counted; answers a sandbox. */
  prepare(control: ControlClient, workspace: string): Promise<string>
  run(control: ControlClient, prepared: string): Promise<Told>
  /** What holds of what was prepared, for a caller who has heard nothing. */
  atLeast(prepared: string): Told
}

const blueprint = Blueprint.parse({
  ttl: '10m',
  files: { notes: { source: 'notes', path: '/data/notes' } },
})

/** A file of the workspace and one of what was cloned, which two states never share. */
export const holdings = 'cat /workspace/start.txt /data/notes/note.txt'
const fresh = 'to be unpacked\nto be cloned\n'
const changed = 'changed\nchanged\n'
const change = 'echo changed | tee /workspace/start.txt > /data/notes/note.txt'

export const createOne = async (control: ControlClient, workspace: string, ttl = '10m') =>
  (await control.createSandbox({ blueprint, workspace, ttl })).id

async function changeAll(control: ControlClient, id: string): Promise<void> {
  await Sandbox.of(await control.handover(id), control).commands.run(change)
}

export const nothingSaid = (): Told => ({ lives: [], hasEnded: [], holds: [fresh] })

/** A workspace that is unpacked, a clone that is mounted, the gate and the container. */
export const create: Operation = {
  name: 'create',
  prepare: async (_, workspace) => workspace,
  run: async (control, workspace) => ({
    ...nothingSaid(),
    lives: [await createOne(control, workspace)],
  }),
  atLeast: nothingSaid,
}

export const destroy: Operation = {
  name: 'destroy',
  prepare: (control, workspace) => createOne(control, workspace),
  run: async (control, id) => ({
    ...nothingSaid(),
    hasEnded: [(await control.destroySandbox(id)).id],
  }),
  atLeast: nothingSaid,
}

/** Of what was changed since it was made: whoever lives afterwards holds the change, and all of it. */
export const fork: Operation = {
  name: 'fork',
  beginsAnew: true,
  async prepare(control, workspace) {
    const id = await createOne(control, workspace)
    await changeAll(control, id)
    return id
  },
  async run(control, id) {
    const forks = await control.fork(id)
    return { lives: [id, ...forks.map((each) => each.id)], hasEnded: [], holds: [changed] }
  },
  atLeast: (id) => ({ lives: [id], hasEnded: [], holds: [changed] }),
}

export const checkpoint: Operation = {
  ...fork,
  name: 'checkpoint',
  async run(control, id) {
    await control.checkpoint(id)
    return { ...fork.atLeast(id), checkpoints: 1 }
  },
}

/** Back to what it was when it was made. One that nobody heard of is done, or was never begun. */
export const rollback: Operation = {
  name: 'rollback',
  beginsAnew: true,
  async prepare(control, workspace) {
    const id = await createOne(control, workspace)
    await control.checkpoint(id)
    await changeAll(control, id)
    return id
  },
  async run(control, id) {
    await control.rollback(id)
    return { ...rollback.atLeast(id), holds: [fresh] }
  },
  atLeast: (id) => ({ lives: [id], hasEnded: [], holds: [fresh, changed], checkpoints: 1 }),
}

import { createQueries, type Queries } from './doors/doors.ts'
import type { Engine } from './engine/engine.ts'
import { commandText } from './gateway/command-text.ts'
import type { Recorder } from './recorder/recorder.ts'
import type { Sandboxes } from './sandboxes/sandboxes.ts'
import type { ServerKinds } from './sources/sources.ts'

interface Parts {
  readonly engine: Pick<Engine, 'connect'>
  readonly kinds: ServerKinds
  readonly sandboxes: Pick<Sandboxes, 'get' | 'database'>
  readonly recorder: Recorder
}

/** Statements for the databases of sandboxes, which are recorded. */
export const openQueries = ({ sandboxes, recorder, ...parts }: Parts): Queries =>
  createQueries({
    ...parts,
    databases: (sandbox) =>
      Object.keys(sandboxes.get(sandbox).databases).map((name) =>
        sandboxes.database(sandbox, name),
      ),
    onQueried: (sandbox, { database, sql }) =>
      recorder.record(sandbox, 'query', { database, sql: commandText(sql) }),
  })

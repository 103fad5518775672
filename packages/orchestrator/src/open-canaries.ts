import { type Canaries, createCanaries } from './canaries/canaries.ts'
import type { Engine } from './engine/engine.ts'
import type { Installation } from './installation/installation.ts'
import type { Log } from './lib/log.ts'
import { traceOf } from './lib/trace.ts'
import type { Recorder } from './recorder/recorder.ts'
import type { Sandboxes } from './sandboxes/sandboxes.ts'

interface Parts {
  readonly engine: Engine
  readonly installation: Installation
  readonly recorder: Recorder
  readonly log: Log
}

/** One that is seen on its way out is told to the operator, and ends the sandbox that sent it. */
export const openCanaries = (
  { engine, installation, recorder, log }: Parts,
  sandboxes: () => Pick<Sandboxes, 'end'>,
): Canaries =>
  createCanaries({
    engine,
    key: installation.secretsKey,
    onSeen({ sandbox, ...seen }) {
      recorder.record(sandbox, 'alarm', { alarm: 'canary', ...seen })
      log.warn({ sandbox, alarm: 'canary', ...seen }, 'alarm')
      sandboxes()
        .end(sandbox, 'canary')
        .catch((cause) => log.error({ ...traceOf(cause), sandbox }, 'not ended yet'))
    },
  })

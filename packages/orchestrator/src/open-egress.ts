import type { Canaries } from './canaries/canaries.ts'
import type { Environment, LoadedConfig } from './config/config.ts'
import { createEgress, type Egress, readValueIn } from './egress/egress.ts'
import type { Installation } from './installation/installation.ts'
import type { Clock } from './lib/clock.ts'
import type { Log } from './lib/log.ts'
import type { Recorder } from './recorder/recorder.ts'

interface Parts {
  readonly config: LoadedConfig
  /** Where credentials may be read. */
  readonly environment: Environment
  readonly canaries: Canaries
  readonly recorder: Recorder
  readonly installation: Installation
  readonly clock: Clock
  readonly log: Log
}

/** What leaves, with what is recorded of it. */
export function openEgress({ config, canaries, recorder, ...parts }: Parts): Egress {
  const { environment, installation, clock, log } = parts
  return createEgress({
    config: config.egress,
    look: canaries.look,
    onDecision: (sandbox, { allowed, ...decision }) =>
      recorder.recordSoon(sandbox, allowed ? 'egress_allowed' : 'egress_denied', decision),
    onTotal: (sandbox, total) => {
      recorder.flush()
      recorder.record(sandbox, 'egress_total', { ...total })
    },
    onAlarm(sandbox, alarm) {
      recorder.record(sandbox, 'alarm', { ...alarm })
      log.warn({ sandbox, ...alarm }, 'alarm')
    },
    broker: {
      ...{ credentials: config.credentials, key: installation.placeholderKey, clock },
      read: readValueIn(environment),
    },
  })
}

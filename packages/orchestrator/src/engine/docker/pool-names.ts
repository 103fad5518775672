import { SandboxError } from '@stuntdouble/sdk/errors'

/** What a pool consists of on the engine. Dots keep these apart from every volume's name. */
export interface PoolNames {
  readonly installation: string
  /** The volume that holds the sparse file. */
  readonly file: string
  /** The volume that is the pool. */
  readonly pool: string
  readonly keeper: string
}

export function poolNames(installation: string): PoolNames {
  checkName(installation)
  const prefix = `stuntdouble.${installation}`
  return {
    installation,
    file: `${prefix}.file`,
    pool: `${prefix}.pool`,
    keeper: `${prefix}.keeper`,
  }
}

/** On the pool's own parts. They belong to no pod, so they carry no pod's labels. */
export const poolLabel = {
  pool: 'dev.stuntdouble.pool',
  kind: 'dev.stuntdouble.kind',
  mechanism: 'dev.stuntdouble.mechanism',
  device: 'dev.stuntdouble.device',
  reason: 'dev.stuntdouble.reason',
} as const

/** Containers that an installation has at work for a moment, beside its pods. */
export const shortLived = { loop: 'pool-helper', runner: 'runner', helper: 'helper' } as const

/** Names become directories and engine names; they are refused here rather than escaped later. */
export function checkName(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{1,62}$/.test(name)) return name
  throw new SandboxError('internal', `${JSON.stringify(name.slice(0, 80))} cannot name a volume.`, {
    hint: 'Names are 2 to 63 lower-case letters, digits and dashes.',
  })
}

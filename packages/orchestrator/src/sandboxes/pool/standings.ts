import type { Blueprint } from '@stuntdouble/sdk/wire'
import type { Desk } from '../desk.ts'
import { newSandbox } from '../journal.ts'
import type { Sandbox } from '../sandbox.ts'
import type { ImageDigests } from './image-digests.ts'
import { imagesOf, isPoolable, poolKey } from './pool-key.ts'

/** What would be made of a blueprint now, and the pool in which its like are. */
export interface Standing {
  readonly sandbox: Sandbox
  readonly key: string
}

export interface Standings {
  /** Undefined where none may be kept ready, or its images are not known yet. Throws `snapshot_not_found`. */
  of(blueprint: Blueprint): Standing | undefined
  /** What it would be made of; nothing where it could not be made. */
  images(blueprint: Blueprint): readonly string[]
  /** One that is kept ready would not be made like this today. Where nobody knows, it is not. */
  isStale(sandbox: Sandbox): boolean
}

export interface StandingParts {
  readonly desk: Pick<Desk, 'snapshots' | 'kinds' | 'clock'>
  readonly digests: ImageDigests
  /** Changes with what the operator configured, and with the version. */
  readonly policy: string
}

export function createStandings({ desk, digests, policy }: StandingParts): Standings {
  const planned = (blueprint: Blueprint) =>
    newSandbox({ blueprint, workspace: null, now: desk.clock() }, desk.snapshots, desk.kinds)

  function of(blueprint: Blueprint): Standing | undefined {
    const sandbox = planned(blueprint)
    if (!isPoolable(sandbox)) return undefined
    const images = digests.of(imagesOf(sandbox))
    return images && { sandbox, key: poolKey(sandbox, { images, policy }) }
  }

  return {
    of,
    images(blueprint) {
      try {
        return imagesOf(planned(blueprint))
      } catch {
        return []
      }
    },
    isStale({ blueprint, pool }) {
      try {
        const now = of(blueprint)
        return now !== undefined && now.key !== pool
      } catch {
        // Its snapshot is gone.
        return true
      }
    },
  }
}

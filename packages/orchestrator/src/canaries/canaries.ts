import type { Engine } from '../engine/engine.ts'
import { type Registered, registerSecrets } from '../secrets/secrets.ts'
import { canariesOf } from './derive.ts'
import { plant } from './plant.ts'

/**
 * Secrets that are none, planted in every sandbox where somebody who searches for secrets looks. They
 * are derived from the sandbox’s id, so nothing of them is stored. One that is seen on its way out says
 * that secrets are being carried away.
 */
export interface Canaries {
  /** Writes them into a running sandbox, as the agent. Throws where that fails. */
  plant(sandbox: string, signal: AbortSignal): Promise<void>
  /** Takes a sandbox’s canaries among those looked for, until disposed. */
  watch(sandbox: string): Disposable
  /** One thing that leaves a sandbox, such as a request’s body, or an answer of a preview. */
  look(sandbox: string, where: string): Look
}

/** Given the bytes of it in their order. True once a canary was seen: nothing of it may go on. */
export type Look = (bytes: Uint8Array) => boolean

export interface SeenCanary {
  /** That it left from. */
  readonly sandbox: string
  /** That it was planted in, mostly the same. */
  readonly plantedIn: string
  readonly canary: string
  readonly encoding: string
  readonly where: string
}

export interface CanariesParts {
  readonly engine: Pick<Engine, 'exec'>
  readonly key: Buffer
  readonly onSeen: (seen: SeenCanary) => void
}

/** Longer than any form of one that is looked for. */
const overlap = 63

export function createCanaries({ engine, key, onSeen }: CanariesParts): Canaries {
  const watched = new Map<string, number>()
  let known: Registered | undefined

  const all = () => {
    known ??= registerSecrets(
      [...watched.keys()].flatMap((id) => canariesOf(id, key).secrets),
      key,
    )
    return known
  }

  function change(sandbox: string, by: number): void {
    const count = (watched.get(sandbox) ?? 0) + by
    if (count > 0) watched.set(sandbox, count)
    else watched.delete(sandbox)
    known = undefined
  }

  return {
    plant: (sandbox, signal) => plant(engine, { sandbox, ...canariesOf(sandbox, key) }, signal),

    watch(sandbox) {
      change(sandbox, 1)
      let isOver = false
      return {
        [Symbol.dispose]() {
          if (!isOver) change(sandbox, -1)
          isOver = true
        },
      }
    },

    look(sandbox, where) {
      let tail: Uint8Array = new Uint8Array(0)
      let isSeen = false
      return (bytes) => {
        const text = tail.length === 0 ? bytes : Buffer.concat([tail, bytes])
        all().search(text, ({ name, encoding }) => {
          const [plantedIn = '', canary = ''] = name.split(' ')
          if (!isSeen) onSeen({ sandbox, plantedIn, canary, encoding, where })
          isSeen = true
        })
        tail = Uint8Array.from(text.subarray(-overlap))
        return isSeen
      }
    },
  }
}

import type { Desk } from '../desk.ts'
import { checkpointExists, checkpointNotFound, noCheckpoint, tooManyCheckpoints } from './errors.ts'
import type { KeptCheckpoint } from './store.ts'

/** The checkpoints of a sandbox by name, as whoever uses it knows them. */
export interface Catalogue {
  /** Newest first; whole ones alone. */
  list(sandbox: string): readonly KeptCheckpoint[]
  /** The newest without a name. Throws `checkpoint_not_found`. */
  find(sandbox: string, name?: string): KeptCheckpoint
  /** For one more. Those on their way count as well: their names are taken, and so is their place. */
  nameFor(sandbox: string, wanted?: string): string
}

export function createCatalogue({
  checkpointStore,
  limits,
}: Pick<Desk, 'checkpointStore' | 'limits'>): Catalogue {
  const list = (sandbox: string) =>
    checkpointStore.list(sandbox).filter(({ name, state }) => name !== null && state === 'kept')

  return {
    list,
    find(sandbox, name) {
      const known = list(sandbox)
      const found = name === undefined ? known[0] : known.find((each) => each.name === name)
      if (found) return found
      if (name === undefined) throw noCheckpoint(sandbox)
      throw checkpointNotFound(
        sandbox,
        name,
        known.map((each) => each.name ?? ''),
      )
    },
    nameFor(sandbox, wanted) {
      const taken = new Set(checkpointStore.list(sandbox).flatMap(({ name }) => name ?? []))
      if (wanted !== undefined && taken.has(wanted)) throw checkpointExists(wanted)
      if (taken.size >= limits.maxCheckpoints) throw tooManyCheckpoints(limits.maxCheckpoints)
      if (wanted !== undefined) return wanted
      let number = 1
      while (taken.has(`checkpoint-${number}`)) number += 1
      return `checkpoint-${number}`
    },
  }
}

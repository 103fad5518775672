/** What is to be kept ready for one blueprint. */
export interface Wish {
  readonly shape: string
  readonly count: number
  readonly memoryBytes: number
  /** When it was last asked for. */
  readonly askedAt: number
  /** Not to be tried now: it failed a moment ago. */
  readonly resting: boolean
}

/** One that is kept ready, or being made. */
export interface Member {
  readonly id: string
  readonly shape: string
  readonly warm: boolean
  /** What it was made from is no longer what would be handed out. */
  readonly stale: boolean
  readonly createdAt: number
}

export interface Bound {
  readonly sandboxes: number
  readonly memoryBytes: number
}

export interface PoolStep {
  readonly end: readonly string[]
  /** One at a time: what is made here must not slow what somebody waits for. */
  readonly make: string | null
}

/** Decides what to end and what to make next, and touches nothing. */
export function planPool(
  wishes: readonly Wish[],
  members: readonly Member[],
  bound: Bound,
): PoolStep {
  const shares = sharesOf(wishes, bound)
  const fresh = members.filter(({ stale }) => !stale)
  const surplus = [...Map.groupBy(fresh, ({ shape }) => shape)].flatMap(([shape, own]) =>
    own.toSorted(firstToKeep).slice(shares.get(shape) ?? 0),
  )
  const end = [...members.filter(({ stale }) => stale), ...surplus].map(({ id }) => id)
  const isBusy = members.some(({ warm }) => !warm)
  const lacks = ({ shape, resting }: Wish) =>
    !resting && fresh.filter((one) => one.shape === shape).length < (shares.get(shape) ?? 0)
  const next = isBusy ? undefined : byRecency(wishes).find(lacks)
  return { end, make: next?.shape ?? null }
}

/** One for each, then the rest of what each wishes, the last asked for first, as far as it goes. */
export function sharesOf(wishes: readonly Wish[], bound: Bound): ReadonlyMap<string, number> {
  const shares = new Map<string, number>()
  let { sandboxes, memoryBytes } = bound
  const give = ({ shape, memoryBytes: each, count }: Wish, most: number) => {
    for (let has = shares.get(shape) ?? 0; has < Math.min(count, most); has += 1) {
      if (sandboxes < 1 || memoryBytes < each) return
      sandboxes -= 1
      memoryBytes -= each
      shares.set(shape, has + 1)
    }
  }
  const ordered = byRecency(wishes)
  for (const wish of ordered) give(wish, 1)
  for (const wish of ordered) give(wish, wish.count)
  return shares
}

const byRecency = (wishes: readonly Wish[]) =>
  wishes.toSorted((one, other) => other.askedAt - one.askedAt)

const firstToKeep = (one: Member, other: Member) =>
  Number(other.warm) - Number(one.warm) || one.createdAt - other.createdAt

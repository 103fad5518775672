/** Many byte patterns, looked for at once and in one pass (Aho and Corasick, 1975). */
export interface Search {
  readonly root: State
}

/** What was read so far is the beginning of a pattern, `depth` bytes long. */
export interface State {
  readonly byte: number
  readonly depth: number
  /** The longest pattern that ends here; 0 for none. */
  found: number
  /** The longest other beginning that what was read ends with. */
  fail: State
  child: State | undefined
  sibling: State | undefined
}

export function searchFor(patterns: readonly Buffer[]): Search {
  const root = stateOf(0, 0)
  root.fail = root
  for (const pattern of patterns) if (pattern.length > 0) plant(root, pattern)
  link(root)
  return { root }
}

/** The state after one byte more. */
export function step(state: State, byte: number): State {
  for (let from = state; ; from = from.fail) {
    const next = childOf(from, byte)
    if (next) return next
    if (from.depth === 0) return from
  }
}

function stateOf(byte: number, depth: number): State {
  const state = { byte, depth, found: 0, child: undefined, sibling: undefined }
  return Object.assign(state, { fail: state as unknown as State })
}

function childOf(state: State, byte: number): State | undefined {
  let child = state.child
  while (child && child.byte !== byte) child = child.sibling
  return child
}

function plant(root: State, pattern: Buffer): void {
  let state = root
  for (const byte of pattern) {
    const known = childOf(state, byte)
    const next = known ?? stateOf(byte, state.depth + 1)
    if (!known) {
      next.sibling = state.child
      state.child = next
    }
    state = next
  }
  state.found = pattern.length
}

/** Breadth first, so that what is shorter is linked before it is linked to. */
function link(root: State): void {
  const queue = [root]
  for (const state of queue) {
    for (let child = state.child; child; child = child.sibling) {
      child.fail = state === root ? root : step(state.fail, child.byte)
      if (child.found === 0) child.found = child.fail.found
      queue.push(child)
    }
  }
}

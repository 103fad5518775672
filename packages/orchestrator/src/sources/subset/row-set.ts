/** Numbers of one table’s rows, eight bytes each: ascending, and each once. */
export class RowSet {
  #rows: Float64Array = new Float64Array(0)

  get rows(): Float64Array {
    return this.#rows
  }

  /** Adds rows, in any order and repeatedly, and returns those that were not there, ascending. */
  add(found: Float64Array): Float64Array {
    const fresh = this.#freshOf(found.toSorted())
    if (fresh.length > 0) this.#rows = merged(this.#rows, fresh)
    return fresh
  }

  #freshOf(sorted: Float64Array): Float64Array {
    const known = this.#rows
    let at = 0
    let last = Number.NaN
    return sorted.filter((row) => {
      while (at < known.length && (known[at] as number) < row) at++
      const isNew = known[at] !== row && row !== last
      last = row
      return isNew
    })
  }
}

function merged(left: Float64Array, right: Float64Array): Float64Array {
  const both = new Float64Array(left.length + right.length)
  let [l, r] = [0, 0]
  for (let at = 0; at < both.length; at++) {
    const fromLeft = l < left.length && !((right[r] as number) < (left[l] as number))
    both[at] = (fromLeft ? left[l++] : right[r++]) as number
  }
  return both
}

/** Runs work one after another per key, and in parallel across keys. */
export function serially<Key>(): <Result>(
  key: Key,
  work: () => Promise<Result>,
) => Promise<Result> {
  const tails = new Map<Key, Promise<unknown>>()

  return (key, work) => {
    const result = (tails.get(key) ?? Promise.resolve()).then(work, work)
    const tail = result.catch(() => {})
    tails.set(key, tail)
    void tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key)
    })
    return result
  }
}

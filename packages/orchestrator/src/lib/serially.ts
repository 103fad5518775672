/** Runs work one after another per key, in parallel across keys, and at once when there is none before. */
export function serially<Key>(): <Result>(
  key: Key,
  work: () => Promise<Result>,
) => Promise<Result> {
  const tails = new Map<Key, Promise<unknown>>()

  return (key, work) => {
    const before = tails.get(key)
    const start = async () => work()
    const result = before ? before.then(start, start) : start()
    const tail = result.catch(() => {})
    tails.set(key, tail)
    void tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key)
    })
    return result
  }
}

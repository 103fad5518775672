/** Works through the items in order, some at once. The first failure aborts the others and is thrown. */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  {
    signal,
    work,
  }: { signal: AbortSignal; work: (item: Item, signal: AbortSignal) => Promise<void> },
): Promise<void> {
  const failure = new AbortController()
  const either = AbortSignal.any([signal, failure.signal])
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) {
      either.throwIfAborted()
      await work(item, either)
    }
  }
  const workers = Array.from({ length: width }, () =>
    worker().catch((cause) => {
      if (!failure.signal.aborted) failure.abort(cause)
      throw cause
    }),
  )
  await Promise.allSettled(workers)
  signal.throwIfAborted()
  failure.signal.throwIfAborted()
}

/** Tells a failure in words of ours; an abort stays the abort it is. */
export async function explained<Result>(
  explain: (cause: unknown) => Error,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    signal.throwIfAborted()
    throw explain(cause)
  }
}

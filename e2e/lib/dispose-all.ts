/** Disposes of all of these that were opened, in order; each also where the one before it throws. */
export async function disposeAll(
  ...resources: readonly (AsyncDisposable | Disposable | undefined)[]
): Promise<void> {
  await using all = new AsyncDisposableStack()
  for (const resource of resources.toReversed()) all.use(resource)
}

/** Like Promise.all, but fails only after all have settled: what is cleared away must not be on its way up. */
export async function whole<const T extends readonly unknown[]>(work: T) {
  await Promise.allSettled(work)
  return Promise.all(work)
}

/** One piece of work under way, and what it holds in memory. */
interface UnderWay<Result> {
  readonly result: Promise<Result>
  readonly bytes: number
}

/** Of one stream, being worked on at once: enough for every thread, and bounded. */
const mostBytes = 1024 * 1024

/**
 * Works on blocks at once and yields the results in the blocks' order. Holds a mebibyte of blocks, or
 * one larger block and its result.
 */
export async function* inOrder<Block extends { readonly length: number }, Result>(
  blocks: AsyncIterable<Block>,
  work: (block: Block) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: UnderWay<Result>[] = []
  let bytes = 0
  const next = async () => {
    const first = underWay.shift() as UnderWay<Result>
    bytes -= first.bytes
    return await first.result
  }
  for await (const block of blocks) {
    const { length } = block
    while (underWay.length > 0 && bytes + length > mostBytes) yield await next()
    const result = work(block)
    // Who waits for an earlier one must not find this one unhandled.
    result.catch(() => {})
    underWay.push({ result, bytes: length })
    bytes += length
  }
  while (underWay.length > 0) yield await next()
}

/** Samples in milliseconds, by what was measured. */
export class Stopwatch {
  readonly samples: Record<string, number[]> = {}

  async time<T>(what: string, work: () => Promise<T>): Promise<T> {
    const since = performance.now()
    const result = await work()
    this.add(what, performance.now() - since)
    return result
  }

  add(what: string, ms: number): void {
    this.samples[what] ??= []
    this.samples[what].push(ms)
  }
}

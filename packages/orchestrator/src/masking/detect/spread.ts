/** How a column's sampled values are spread: enough to tell a list of choices from prose. */
export interface Spread {
  readonly count: number
  readonly distinct: number
  readonly averageLength: number
  readonly averageWords: number
}

export function spreadOf(values: readonly string[]): Spread {
  const count = values.length
  const sum = (measure: (value: string) => number) =>
    values.reduce((total, value) => total + measure(value), 0)
  return {
    count,
    distinct: new Set(values).size,
    averageLength: count === 0 ? 0 : sum((value) => value.length) / count,
    averageWords: count === 0 ? 0 : sum((value) => value.trim().split(/\s+/).length) / count,
  }
}

/** A few short values, over and over. */
export function isChoice({ count, distinct, averageLength }: Spread): boolean {
  return count >= 20 && distinct <= 50 && distinct <= count * 0.2 && averageLength <= 32
}

/** Several words, hardly ever the same. */
export function isProse({ count, distinct, averageWords }: Spread): boolean {
  return count >= 5 && averageWords >= 4 && distinct > count * 0.5
}

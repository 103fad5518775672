const wholeNumber = new Intl.NumberFormat('en')

export const formatCount = (count: number) => wholeNumber.format(count)

/** `1 finding`, `2 findings`. */
export const plural = (count: number, noun: string) =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`

/** `512 B`, `1.5 GiB`: binary, as the engine counts. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${'KMGT'[power - 1]}iB`
}

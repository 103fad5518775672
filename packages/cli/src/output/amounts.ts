/** `1 h 5 min`, `12 min`, `40 s`: two units at most. */
export function humanSeconds(seconds: number): string {
  const left = Math.max(0, Math.round(seconds))
  if (left < 60) return `${left} s`
  const minutes = Math.round(left / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d`
}

export function humanBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let amount = bytes
  let unit = 0
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000
    unit += 1
  }
  return `${amount >= 100 || unit === 0 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`
}

/** Groups of three digits, apart by a space no line breaks at. */
export const humanCount = (count: number) =>
  Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ')

export const plural = (count: number, thing: string) =>
  `${humanCount(count)} ${thing}${count === 1 ? '' : 's'}`

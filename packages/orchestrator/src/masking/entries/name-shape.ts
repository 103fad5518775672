import { isPerson } from '../detect/values.ts'

/** Stands for what a name should not tell. */
const hidden = '*'

/** A word somebody chose for a thing: it may be told. A number, an address or a person’s name may not. */
export function isPlainWord(text: string): boolean {
  if (!/^[a-z][a-z_-]{0,31}$/i.test(text)) return false
  return !isPerson(text.charAt(0).toUpperCase() + text.slice(1).toLowerCase())
}

/** A name without what it may tell of somebody, such as `session:*:cart`. */
export function shapeOfName(name: Buffer, separator: string): string {
  const parts = name.toString('utf8').split(separator)
  return parts.map((part) => (isPlainWord(part) ? part : hidden)).join(separator)
}

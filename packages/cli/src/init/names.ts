import { Name } from '@stuntdouble/sdk/wire'

const mostCharacters = 32

/** A name as blueprints have them, made of what somebody else wrote; `otherwise` where nothing is left. */
export function nameFrom(text: string, otherwise: string): string {
  const slug = text
    .slice(0, 255)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, mostCharacters)
    .replace(/-$/, '')
  return Name.safeParse(slug).success ? slug : otherwise
}

/** The name, with a number after it where it is taken. */
export function unlike(taken: ReadonlySet<string>, name: string): string {
  for (let count = 1; ; count += 1) {
    const tried = count === 1 ? name : `${name}-${count}`
    if (!taken.has(tried)) return tried
  }
}

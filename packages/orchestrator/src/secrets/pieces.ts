import { longest } from '../fingerprints/fingerprints.ts'

/** What is shorter stands in files by chance. */
export const shortestSecret = 8
const mostPieces = 64

/**
 * What of a secret is looked for on its own: a URL’s password without the URL, and of a document, such
 * as a private key or a service account’s JSON, each word that looks like a key.
 */
export function piecesOf(secret: string): string[] {
  const pieces = [passwordIn(secret), ...(secret.length > longest ? wordsIn(secret) : [secret])]
  const long = pieces.filter((piece) => piece !== undefined && piece.length >= shortestSecret)
  return [...new Set(long as string[])].slice(0, mostPieces)
}

function passwordIn(secret: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(secret) || !URL.canParse(secret)) return undefined
  const { password } = new URL(secret)
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}

/** Its beginning, where nothing in it looks like a key. */
function wordsIn(secret: string): string[] {
  const words = secret.match(/[A-Za-z0-9+/_=.~-]{20,}/g) ?? []
  const keys = words.filter((word) => /\d/.test(word) && /[A-Za-z]/.test(word))
  return keys.length > 0 ? keys.map((word) => word.slice(0, longest)) : [secret.slice(0, longest)]
}

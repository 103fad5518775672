/**
 * Whether some file system takes a name for `.git`: case aside, with what Windows drops from the end of
 * a name or calls it for short, and with what macOS does not see. Git that finds one there runs what it
 * names.
 */
export function isRepositoryName(name: string): boolean {
  const seen = name
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '')
    .toLowerCase()
  return seen === '.git' || seen === 'git~1'
}

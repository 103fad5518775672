const home = '/workspace'

/**
 * An absolute path inside a sandbox, from one that may be relative to /workspace: as `posix.resolve` of
 * Node, which a browser has not.
 */
export function resolveInside(path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${home}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** The same for an address: its slashes stay, and its dots are none that a URL would take for its own. */
export const encodedPath = (path: string) =>
  resolveInside(path).split('/').map(encodeURIComponent).join('/')

import type { RawPath, TreeEntry } from './tree-entries.ts'

/**
 * Trees as input of `git fast-import`, which makes commits of them without a file ever being written
 * under the name that a stranger gave it.
 */
export function commitHead(branch: string): Buffer {
  return Buffer.from(
    `commit refs/heads/${branch}\ncommitter stuntdouble <none@sandbox.invalid> 0 +0000\ndata 0\n`,
  )
}

/** One file, as it streams. Fails where its content is not as long as was said. */
export async function* fileChange({ path, mode, size, content }: TreeEntry) {
  yield Buffer.from(`M ${mode} inline ${quoted(path)}\ndata ${size}\n`)
  let sent = 0
  for await (const chunk of content) {
    sent += chunk.length
    yield chunk
  }
  if (sent !== size) throw new Error('an entry of the archive was cut short')
  yield Buffer.from('\n')
}

export const done = Buffer.from('done\n')

/** As git quotes a path in C’s way: anything that is not a plain letter as octal. */
function quoted(path: RawPath): string {
  const escaped = path.replace(
    /[^A-Za-z0-9/._-]/g,
    (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  return `"${escaped}"`
}

import { readdir, readFile, readlink } from 'node:fs/promises'

const program = '/orchestrator/src/reap.ts'

/** Processes that clear away after orchestrators, of those installed below `root` or of all. */
export async function reapersOf(root = '/'): Promise<readonly string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      if (!line.includes(program)) return false
      return (await readlink(`/proc/${pid}/cwd`).catch(() => '')).startsWith(root)
    }),
  )
  return pids.filter((_, index) => found[index])
}

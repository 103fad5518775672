import { readdir, readFile } from 'node:fs/promises'

/** Processes of this whole machine whose command line bears a name; a container's show here as well. */
export async function processesNamed(name: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry))
  const lines = await Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    })),
  )
  return lines.filter(({ line }) => line.startsWith(name)).map(({ pid }) => pid)
}

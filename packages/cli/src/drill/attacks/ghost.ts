import { readdir, readFile } from 'node:fs/promises'

/** A process that left its parents, its session, its environment and its manners, under a name of its own. */
export const haunting = (mark: string) =>
  `(env -i setsid bash -c 'trap "" HUP INT TERM; (exec -a ${mark} sleep 86400) & disown' >/dev/null 2>&1 </dev/null &); sleep 0.3`

/** Whether it still runs, asked inside. */
export const stillHaunting = (mark: string) => `pgrep -cf '[${mark[0]}]${mark.slice(1)}' || true`

/** Processes of this machine that bear the name; the kernel shows a container's here as well. */
export async function processesNamed(mark: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const named = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return line.split('\0')[0] === mark
    }),
  )
  return pids.filter((_, index) => named[index])
}

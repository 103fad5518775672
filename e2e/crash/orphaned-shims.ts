import { readdir, readFile, rm } from 'node:fs/promises'

const socketPath = /\/run\/containerd\/s\/[0-9a-f]{64}$/gm

/**
 * Ends what stands between containers and a containerd that is gone: killed in the middle of a start
 * or an end, it forgets some of them. Also removes the sockets they listen on, of which a network
 * namespace of its own names no others.
 */
export async function endShimsOf(address: string): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!line.includes(`-address\0${address}\0`)) continue
    const sockets = await readFile(`/proc/${pid}/net/unix`, 'utf8').catch(() => '')
    process.kill(Number(pid), 'SIGKILL')
    for (const [path] of sockets.matchAll(socketPath)) await rm(path, { force: true })
  }
}

import { readdir, readFile } from 'node:fs/promises'
import type { BlindSpot, Resource } from '../engine.ts'

/**
 * What the kernel of this machine shows of pods, whatever the engine says: control groups in /proc and
 * the table of mounts, both open to every user. Where the engine runs elsewhere, in a virtual machine
 * or beyond a namespace, nothing of it shows.
 */
export class HostView {
  #seesProcesses = false
  #seesMounts = false

  /** Those of these containers in which anything runs. */
  async alive(containers: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    if (containers.size === 0) return containers
    const groups = await Promise.all((await processes()).map(controlGroups))
    const named = groups.flatMap((text) => text.match(containerIds) ?? [])
    const alive = new Set(named.filter((id) => containers.has(id)))
    this.#seesProcesses ||= alive.size > 0
    return alive
  }

  /** Where anything of these volumes is mounted, or anything at all below the directory. */
  async mounts(volumes: readonly string[], directory: string): Promise<readonly Resource[]> {
    const found = (await mountPoints()).flatMap((id) => {
      const name = volumes.find((volume) => id.includes(`/volumes/${volume}/`))
      if (name === undefined && !id.startsWith(`${directory}/`)) return []
      return [{ kind: 'mount', id, name: name ?? id } as const]
    })
    this.#seesMounts ||= found.length > 0
    return found
  }

  /** `running`: any containers that run now, by which to tell whether anything shows here. */
  async blindSpots(running: ReadonlySet<string>, pool: string): Promise<readonly BlindSpot[]> {
    if (!this.#seesProcesses) await this.alive(running)
    this.#seesMounts ||= (await mountPoints()).some((point) => point.includes(`/volumes/${pool}`))
    const isBlind = { process: !this.#seesProcesses, mount: !this.#seesMounts }
    return blindSpots.filter(({ kind }) => isBlind[kind])
  }
}

const blindSpots = [
  { kind: 'process', reason: 'Processes of the engine do not show on this machine.' },
  { kind: 'mount', reason: 'Mounts of the engine do not show on this machine.' },
] as const

const containerIds = /[0-9a-f]{64}/g

const processes = async () =>
  (await readdir('/proc').catch(none)).filter((name) => /^\d+$/.test(name))

/** Nothing of a process that has just ended. */
const controlGroups = (pid: string) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')

/** proc_pid_mountinfo(5): the fifth field, in which a blank is `\040`. */
async function mountPoints(): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  return table.split('\n').map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
}

const none = () => []

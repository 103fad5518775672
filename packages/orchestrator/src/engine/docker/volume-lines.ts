import type { VolumeStatus, VolumeUse } from '../engine.ts'
import { poolBroken } from './pool-errors.ts'

/** What the pool’s scripts print of volumes, a line each. */
export type Use = Omit<VolumeUse, 'name'>

export const empty = (name: string): VolumeUse => ({ name, bytes: 0, inodes: 0 })

export const beyond = (use: Use, original: Use): Use => ({
  bytes: Math.max(0, use.bytes - original.bytes),
  inodes: Math.max(0, use.inodes - original.inodes),
})

export const readUse = ([directory = '', bytes, inodes]: readonly string[]) =>
  [directory, { bytes: countOf(Number(bytes)), inodes: countOf(Number(inodes)) }] as const

/** `-` stands for what has no number: a file system without a limit, a walk without an end. */
export const countOf = (number: number) =>
  Number.isNaN(number) ? Number.POSITIVE_INFINITY : number

export function readMeta(line: string): VolumeStatus {
  const match = /^(volumes|sealed)\/([^/]+)\/meta:pod=(\S*) of=(\S*)$/.exec(line)
  const [, place, name = '', pod = '', of = ''] = match ?? []
  if (match === null) throw poolBroken('a volume’s description cannot be read')
  return place === 'sealed' ? { name, pod: null, of: null } : { name, pod, of: of || null }
}

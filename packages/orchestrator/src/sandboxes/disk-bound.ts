import { type Blueprint, type DiskView, parseBytes } from '@stuntdouble/sdk/wire'
import type { PoolUsage, VolumeUse } from '../engine/engine.ts'

/** What a sandbox's volumes hold, or may hold, together. */
export type DiskUse = Omit<VolumeUse, 'name'>

/** Many a tree of dependencies has as many files, whatever it weighs. */
const leastInodes = 100_000
const bytesPerInode = 8192

export function diskBound({ limits }: Blueprint): DiskUse {
  const bytes = parseBytes(limits.disk) ?? 0
  return { bytes, inodes: Math.max(leastInodes, Math.floor(bytes / bytesPerInode)) }
}

export const isOver = (use: DiskUse, bound: DiskUse): boolean =>
  use.bytes > bound.bytes || use.inodes > bound.inodes

export const sumOf = (uses: readonly DiskUse[]): DiskUse => ({
  bytes: uses.reduce((sum, { bytes }) => sum + bytes, 0),
  inodes: uses.reduce((sum, { inodes }) => sum + inodes, 0),
})

const mebibyte = 1024 ** 2

/** Kept free, so that who writes fast is ended before the others’ writes fail. */
export const reserveOf = ({ sizeBytes }: Pick<PoolUsage, 'sizeBytes'>): number =>
  Math.max(192 * mebibyte, Math.min(sizeBytes / 16, 2048 * mebibyte))

export function diskView(blueprint: Blueprint, use: DiskUse | undefined): DiskView {
  const { bytes: limitBytes, inodes: limitInodes } = diskBound(blueprint)
  const known = (count: number | undefined) =>
    count === undefined || !Number.isFinite(count) ? null : count
  return {
    guard: 'watchdog',
    ...{ limitBytes, limitInodes },
    usedBytes: known(use?.bytes),
    usedInodes: known(use?.inodes),
  }
}

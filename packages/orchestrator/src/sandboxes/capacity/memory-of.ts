import { type Blueprint, parseBytes } from '@stuntdouble/sdk/wire'

const mebibyte = 1024 ** 2
const gateBytes = 16 * mebibyte

/** A database gets what the workspace gets, and this much at least. */
export const leastDatabaseBytes = 256 * mebibyte

const bytes = (size: string) => parseBytes(size) ?? 0

/** What the limits of all its containers add up to. */
export function memoryOf({ limits, services, data }: Blueprint): number {
  const own = bytes(limits.memory)
  const databases = Object.keys(data).length * Math.max(own, leastDatabaseBytes)
  const ofServices = Object.values(services).reduce((sum, { memory }) => sum + bytes(memory), 0)
  return own + databases + ofServices + gateBytes
}

import { z } from 'zod'

const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400 } as const
const bytesPer = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const

/** `90s`, `45m`, `2h`, `1d`; `1h30m` too. Undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+[smhd])+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+)([smhd])/g)]
    .map(([, count, unit]) => Number(count) * secondsPer[unit as keyof typeof secondsPer])
    .reduce((total, seconds) => total + seconds, 0)
}

/** `512m`, `1g`, `1.5g`, `1048576`: binary multiples, as Docker reads them. */
export function parseBytes(text: string): number | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([bkmg]?)i?b?$/i.exec(text) ?? []
  if (count === undefined || unit === undefined) return undefined
  return Math.floor(Number(count) * bytesPer[unit.toLowerCase() as keyof typeof bytesPer])
}

/** A duration as written in files and flags; stays text so that it can be shown as it was written. */
export const Duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, 'a duration such as "90s", "45m" or "2h"')
  .meta({ description: 'A duration such as 90s, 45m, 2h or 1h30m.', example: '45m' })

export const Bytes = z
  .string()
  .refine((text) => (parseBytes(text) ?? 0) > 0, 'a size such as "512m" or "1g"')
  .meta({ description: 'A size in binary multiples: 512m, 1g.', example: '1g' })

export const Timestamp = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' })

/** Lower-case and DNS-safe, so that it can stand in a host name. */
export const SandboxId = z.string().regex(/^sb[a-z0-9]{12}$/, 'a sandbox id such as sb1a2b3c4d5e6f')
export const SnapshotId = z
  .string()
  .regex(/^sn[a-z0-9]{12}$/, 'a snapshot id such as sn1a2b3c4d5e6f')
export const Name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,39}$/,
    'a name of lower-case letters, digits and dashes, such as "shop"',
  )

/** `credentials:` of a blueprint: names of the operator’s. */
export const CredentialSpec = z
  .array(Name)
  .max(16)
  .refine((names) => new Set(names).size === names.length, 'each name once')

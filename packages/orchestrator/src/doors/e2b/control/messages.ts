import { ForkRequest, ProcessStart } from '@stuntdouble/sdk/wire'
import { z } from 'zod'

const mostSeconds = 30 * 86_400
const Seconds = z.number().min(0).max(mostSeconds).transform(Math.ceil)
const Metadata = z
  .record(z.string().max(256), z.string().max(2048))
  .refine((metadata) => Object.keys(metadata).length <= 64, 'at most 64 entries')

/** What is asked for and cannot be given must not look as if it was. */
const Unserved = z.unknown().optional()

export const NewSandbox = z.object({
  templateID: z.string().min(1).max(200).default('base'),
  timeout: Seconds.default(300),
  metadata: Metadata.nullish().transform((metadata) => metadata ?? {}),
  envVars: ProcessStart.shape.env.nullish().transform((env) => env ?? {}),
  autoPause: z.boolean().nullish(),
  network: Unserved,
  volumeMounts: Unserved,
  iam: Unserved,
  mcp: Unserved,
})
export type NewSandbox = z.output<typeof NewSandbox>

/** The one thing about its network that every sandbox has anyway: nobody sees a port without a token. */
export const PrivateTraffic = z.strictObject({ allowPublicTraffic: z.literal(false) })

export const Timeout = z.object({ timeout: Seconds })
/** Whether what runs goes on where it was; without that, it would have to begin anew. */
const Memory = z.boolean().nullish()

export const Pause = z.object({ memory: Memory })
export const Connect = z.object({ timeout: Seconds.default(300), memory: Memory })
export const Fork = z.object({
  timeout: Seconds.default(300),
  count: ForkRequest.shape.count,
})
export type Fork = z.output<typeof Fork>
export const Refresh = z.object({ duration: Seconds.default(300) })

const Moment = z.coerce.number().optional()
/** In epoch seconds. */
export const MetricsQuery = z.object({ start: Moment, end: Moment })
export type MetricsQuery = z.output<typeof MetricsQuery>

const first = (value: unknown) => (Array.isArray(value) ? value.join(',') : value)
const words = z
  .preprocess(first, z.string().max(10_000).optional())
  .transform((text) => (text === undefined ? undefined : text.split(',')))

export const ListQuery = z.object({
  metadata: z.string().max(10_000).optional(),
  state: words,
  limit: z.coerce.number().int().min(1).max(100).default(100),
  nextToken: z.string().max(100).optional(),
})
export type ListQuery = z.output<typeof ListQuery>

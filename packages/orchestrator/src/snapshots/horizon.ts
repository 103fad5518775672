import type { Finding } from '@stuntdouble/sdk/wire'
import type { Source } from '../sources/sources.ts'
import { heldFor } from './pace.ts'

/** What the build cost production besides reading: said so that nobody has to find it in a graph. */
export async function horizonFindings(
  source: Source,
  name: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const horizon = await source.horizon?.(signal)
  if (horizon === undefined) return []
  const { seconds, transactions } = horizon
  const message =
    `was read in one transaction of ${heldFor(seconds * 1000)}, while ${transactions} others began ` +
    'there; what died since could not be cleaned up before it ended'
  return [{ severity: 'info', where: `source ${name}`, message }]
}

import { type Check, kernelExposure } from '@stuntdouble/sdk/wire'
import { isolationUnavailable } from '../engine/engine.ts'
import type { DoctorParts } from './doctor.ts'

/** What `isolation:` may say here, and what the operator demands. */
export async function isolationChecks(
  { engine, config }: Pick<DoctorParts, 'engine' | 'config'>,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  // An engine that does not answer has said so in a check of its own.
  const there = await engine.isolations(signal).catch(() => null)
  if (there === null) return []
  const { isolation } = config.limits
  const check = {
    name: 'isolation',
    message: `Here there is ${there.join(', ')}; every sandbox has ${isolation} at least.`,
    exposure: kernelExposure(isolation),
  }
  if (there.includes(isolation)) return [{ ...check, status: 'ok' }]
  return [{ ...check, status: 'fail', hint: isolationUnavailable(isolation).hint }]
}

import type { Blueprint, Isolation, OperatorConfig } from '@stuntdouble/sdk/wire'
import { type Engine, isolationUnavailable } from '../engine/engine.ts'
import { servicesNotIsolated } from './errors.ts'

/** The operator decides which second kernel; a blueprint may add one, and takes none away. */
export const isolationOf = (
  { isolation: asked = 'runc' }: Pick<Blueprint, 'isolation'>,
  { isolation: demanded }: Pick<OperatorConfig['limits'], 'isolation'>,
): Isolation => (demanded === 'runc' ? asked : demanded)

/** Throws `policy_refused` where it cannot be had here. Nothing is made before. */
export async function admitIsolation(
  { isolation = 'runc', services }: Blueprint,
  engine: Pick<Engine, 'isolations'>,
  signal: AbortSignal,
): Promise<void> {
  if (isolation === 'runc') return
  // Their programs are the blueprint’s, on a kernel that it would then share after all.
  if (Object.keys(services).length > 0) throw servicesNotIsolated(isolation)
  if (!(await engine.isolations(signal)).includes(isolation)) throw isolationUnavailable(isolation)
}

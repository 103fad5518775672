import { type DrillReport, kernelExposure } from '@stuntdouble/sdk/wire'
import { type DrillParts, Range } from './range.ts'
import { openThrowaway, type Throwaway } from './throwaway.ts'

/** Long enough for what is tried beside it, short enough to wait for. */
const neighbourTtl = '25s'

/** Attacks two throwaway sandboxes and the orchestrator’s doors, and ends what it made. */
export async function runDrill(parts: DrillParts): Promise<DrillReport> {
  const started = performance.now()
  const { checks } = await parts.control.doctor({ signal: parts.signal })
  const { attacks, sandboxes, isolation } = await attackAll(parts)
  const exposures = checks.flatMap(({ name, status, message, exposure }) => {
    // What was attacked may have more than the operator demands of every sandbox.
    if (name === 'isolation') return [kernelExposure(isolation)]
    return exposure === undefined ? (status === 'fail' ? [message] : []) : exposure.split('; ')
  })
  const isClean = sandboxes.every(({ clean, verified }) => clean && verified)
  return {
    ok: isClean && attacks.every(({ outcome }) => outcome !== 'through'),
    ...{ attacks, sandboxes, exposures },
    seconds: Math.round((performance.now() - started) / 1000),
  }
}

async function attackAll(parts: DrillParts) {
  const { control } = parts
  const ends: Throwaway[] = []
  const open = async (lease: { readonly ttl?: string } = {}) => {
    const opened = await openThrowaway(control, { ...parts, lease })
    ends.push(opened)
    return opened
  }
  try {
    const victim = await open()
    const { isolation } = await control.sandbox(victim.box.id)
    const neighbour = await open({ ttl: neighbourTtl })
    const range = new Range({ ...parts, isolation }, { victim, neighbour })
    await range.inside()
    await range.atDoors()
    await range.outliving()
    return { attacks: range.tried, sandboxes: await endAll(ends), isolation }
  } finally {
    await endAll(ends)
  }
}

const endAll = (ends: readonly Throwaway[]) => Promise.all(ends.map(({ end }) => end()))

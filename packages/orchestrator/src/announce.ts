import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LocalOrchestrator } from '@stuntdouble/sdk/wire'
import { z } from 'zod'

const Ports = z.object({ control: z.int(), gateway: z.int() })
type Ports = z.infer<typeof Ports>

/**
 * Tells local programs where this orchestrator is, with its key: mode 0600, in the state directory.
 * Disposal takes the announcement back and keeps the ports for the next start.
 */
export function announce(directory: string, orchestrator: LocalOrchestrator): Disposable {
  const path = join(directory, 'orchestrator.json')
  replace(path, orchestrator)
  const portOf = (url: string) => Number(new URL(url).port)
  replace(join(directory, 'ports.json'), {
    control: portOf(orchestrator.url),
    gateway: portOf(orchestrator.gatewayUrl),
  } satisfies Ports)

  return { [Symbol.dispose]: () => rmSync(path, { force: true }) }
}

/** The ports of the last start, so that addresses handed over then still lead here; 0 where unknown. */
export function rememberedPorts(directory: string): Ports {
  try {
    return Ports.parse(JSON.parse(readFileSync(join(directory, 'ports.json'), 'utf8')))
  } catch {
    return { control: 0, gateway: 0 }
  }
}

function replace(path: string, content: object): void {
  const partial = `${path}.${process.pid}`
  writeFileSync(partial, `${JSON.stringify(content)}\n`, { mode: 0o600, flush: true })
  renameSync(partial, path)
}

import { existsSync } from 'node:fs'
import type { Canaries } from './canaries/canaries.ts'
import type { Capabilities } from './capabilities/capabilities.ts'
import type { LoadedConfig } from './config/config.ts'
import type { Doors, McpDoor, Queries } from './doors/doors.ts'
import type { E2bParts } from './doors/e2b/e2b.ts'
import type { Engine } from './engine/engine.ts'
import type { GatewayParts } from './gateway/gateway.ts'
import type { Clock } from './lib/clock.ts'
import type { Log } from './lib/log.ts'
import type { WrongKeys } from './lib/wrong-keys.ts'
import { createPreviews } from './previews/previews.ts'
import type { Recorder } from './recorder/recorder.ts'
import type { Sandboxes } from './sandboxes/sandboxes.ts'

interface Parts {
  readonly config: LoadedConfig
  readonly engine: Engine
  readonly sandboxes: Sandboxes
  readonly capabilities: Capabilities
  readonly doors: Doors
  readonly e2b: E2bParts
  readonly mcp: McpDoor
  readonly queries: Queries
  readonly recorder: Recorder
  readonly canaries: Canaries
  readonly wrongKeys: WrongKeys
  /** Where its built script and style sheet are, if they are. */
  readonly sandboxPage: string
  readonly clock: Clock
  readonly log: Log
}

/** Everything that answers at the gateway’s port, which is known once it listens. */
export function openGateway(
  parts: Parts,
  origin: () => string,
): GatewayParts & { readonly log: Log; readonly e2b: E2bParts } {
  const { config, sandboxes, doors } = parts
  const { names, previewDomain: domain, previewProxies: proxies } = config.listen
  const previews = createPreviews({
    ...{ ...parts, commands: doors.commands, origin, domain, proxies },
  })
  const sandboxPage = existsSync(parts.sandboxPage) ? parts.sandboxPage : null
  return { ...parts, hosted: sandboxes, names, previews, origin, sandboxPage }
}

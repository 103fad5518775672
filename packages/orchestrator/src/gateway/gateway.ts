import type { IncomingMessage } from 'node:http'
import type { SandboxView } from '@stuntdouble/sdk/wire'
import type { Capabilities } from '../capabilities/capabilities.ts'
import type { Doors, McpDoor } from '../doors/doors.ts'
import { checkAskedBy } from '../lib/asked-by.ts'
import type { WrongKeys } from '../lib/wrong-keys.ts'
import type { Recorder } from '../recorder/recorder.ts'

/** What the gateway asks of the sandboxes it leads to. */
export interface Hosted {
  get(id: string): SandboxView
  /**
   * Throws unless it is ready; holds it active until disposed. `cut` is called when its end begins,
   * before anything of it is taken down: what is still open must close.
   */
  use(id: string, cut: () => void): Disposable
}

export interface GatewayParts {
  readonly hosted: Hosted
  readonly capabilities: Capabilities
  readonly doors: Doors
  readonly mcp: McpDoor
  readonly recorder: Recorder
  /** Where the gateway is reached from, without a slash at the end. */
  readonly origin: () => string
  /** By which the gateway may be asked, beside its addresses and localhost. */
  readonly names: readonly string[]
  readonly wrongKeys: WrongKeys
}

/** The sandbox a request may use: `/s/<token>`, or `/s/<id>` with the token in the Authorization header. */
export function authorize(
  { capabilities, names, wrongKeys }: GatewayParts,
  handle: string,
  { headers, socket }: IncomingMessage,
): string {
  checkAskedBy(headers, names)
  try {
    if (!/^sb[a-z0-9]{12}$/.test(handle)) return capabilities.verify(handle)
    const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
    return capabilities.verify(bearer, handle)
  } catch (refusal) {
    throw wrongKeys.answer(socket.remoteAddress ?? '', refusal)
  }
}

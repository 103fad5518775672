import type { SandboxView } from '@stuntdouble/sdk/wire'
import type { Capabilities } from '../capabilities/capabilities.ts'
import type { Doors } from '../doors/doors.ts'
import type { Recorder } from '../recorder/recorder.ts'

/** What the gateway asks of the sandboxes it leads to. */
export interface Hosted {
  get(id: string): SandboxView
  /** Throws unless it is ready; holds it active until disposed. */
  use(id: string): Disposable
}

export interface GatewayParts {
  readonly hosted: Hosted
  readonly capabilities: Capabilities
  readonly doors: Doors
  readonly recorder: Recorder
  /** Where the gateway is reached from, without a slash at the end. */
  readonly origin: () => string
}

/** The sandbox a request may use: `/s/<token>`, or `/s/<id>` with the token in the Authorization header. */
export function authorize(
  { capabilities }: Pick<GatewayParts, 'capabilities'>,
  handle: string,
  authorization: string | undefined,
): string {
  if (!/^sb[a-z0-9]{12}$/.test(handle)) return capabilities.verify(handle)
  const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
  return capabilities.verify(bearer, handle)
}

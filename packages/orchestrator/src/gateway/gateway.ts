import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type {
  Checkpoint,
  LogQuery,
  SandboxLog,
  SandboxMetrics,
  SandboxView,
} from '@stuntdouble/sdk/wire'
import { type Capabilities, ownPage } from '../capabilities/capabilities.ts'
import type { Doors, McpDoor, Queries } from '../doors/doors.ts'
import { checkAskedBy } from '../lib/asked-by.ts'
import type { WrongKeys } from '../lib/wrong-keys.ts'
import type { Previews } from '../previews/previews.ts'
import type { Recorder } from '../recorder/recorder.ts'
import { checkOwnPage, pageToken } from './page-cookie.ts'

/** What the gateway asks of the sandboxes it leads to. */
export interface Hosted {
  get(id: string): SandboxView
  /** Why and when one ended, as the error to answer with; undefined while it runs. */
  tombstone(id: string): SandboxError | undefined
  /**
   * Throws unless it is ready; holds it active until disposed. `cut` is called when its end begins, or
   * with what else ends everything in it, before anything of it is taken down: what is still open must
   * close.
   */
  use(id: string, cut: (why?: SandboxError) => void): Disposable
  /** No use: who only looks keeps nothing alive. Throws unless it is ready or paused. */
  metrics(id: string, signal: AbortSignal): Promise<SandboxMetrics>
  /** The same of what one of its members said last. */
  logs(
    id: string,
    asked: LogQuery & { readonly name: string },
    signal: AbortSignal,
  ): Promise<SandboxLog>
  readonly checkpoints: OwnCheckpoints
}

/** What the holder of a hand-over URL may do with the sandbox’s states. Copies are for its owner alone. */
export interface OwnCheckpoints {
  create(id: string, name?: string): Promise<Checkpoint>
  list(id: string): readonly Checkpoint[]
  remove(id: string, name: string): Promise<void>
  rollback(id: string, to?: string): Promise<SandboxView>
}

export interface GatewayParts {
  readonly hosted: Hosted
  readonly capabilities: Capabilities
  readonly doors: Doors
  readonly mcp: McpDoor
  readonly queries: Queries
  readonly recorder: Recorder
  readonly previews: Previews
  /** Where the gateway is reached from, without a slash at the end. */
  readonly origin: () => string
  /** By which the gateway may be asked, beside its addresses and localhost. */
  readonly names: readonly string[]
  readonly wrongKeys: WrongKeys
  /** The directory of the page’s script and style sheet; null where they were not built. */
  readonly sandboxPage: string | null
}

/** The sandbox a request may use: `/s/<token>`, or `/s/<id>` with the token in the Authorization header. */
export function authorize(
  { capabilities, hosted, names, wrongKeys }: GatewayParts,
  handle: string,
  { headers, socket }: IncomingMessage,
): string {
  checkAskedBy(headers, names)
  try {
    const token = tokenOf(handle, headers)
    if (token === pageToken(headers)) {
      checkOwnPage(headers)
      capabilities.verifyNarrowed(token, handle, ownPage)
      return handle
    }
    return capabilities.verify(token, token === handle ? undefined : handle)
  } catch (refusal) {
    throw wrongKeys.answer(socket.remoteAddress ?? '', tombstoneOf(refusal, hosted))
  }
}

/**
 * What a request was let in by: the token of its address; where the address has an id, of its header, or
 * what the browser was given for it.
 */
export function tokenOf(handle: string, headers: IncomingHttpHeaders): string {
  if (!/^sb[a-z0-9]{12}$/.test(handle)) return handle
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  return bearer ?? pageToken(headers) ?? ''
}

/** Who held the sandbox is told what became of it; a stranger has got no further than any other. */
function tombstoneOf(refusal: unknown, hosted: Hosted): unknown {
  if (!(refusal instanceof SandboxError) || refusal.code !== 'sandbox_gone') return refusal
  return hosted.tombstone(String(refusal.details.sandbox)) ?? refusal
}

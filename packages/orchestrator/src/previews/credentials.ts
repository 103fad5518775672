import type { IncomingMessage } from 'node:http'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { type Capabilities, everyPreview, isOurToken } from '../capabilities/capabilities.ts'
import { localDomain, type PreviewHost } from '../lib/preview-host.ts'
import type { WrongKeys } from '../lib/wrong-keys.ts'
import { cookieValues } from './cookie.ts'
import { previewClosed } from './errors.ts'

export const tokenHeader = 'x-stuntdouble-token'
/** In which E2B’s clients send what opens every preview of a sandbox. */
export const trafficHeader = 'e2b-traffic-access-token'

/** What a token is narrowed to, so that a link or a cookie opens this preview and nothing else. */
export const purposeOf = (port: number) => `preview ${port}`

/** A token in an address, and the address without it. */
export interface InAddress {
  readonly token: string
  readonly path: string
}

/** Undefined where there is none of ours: a page inside may have a parameter of that name. */
export function tokenIn(url: string): InAddress | undefined {
  const [path = '/', query] = [url.split('?', 1)[0], url.slice(url.indexOf('?') + 1)]
  if (!url.includes('?')) return undefined
  const parts = query.split('&')
  const found = parts.find((part) => part.startsWith('token=') && isOurToken(part.slice(6)))
  if (found === undefined) return undefined
  const rest = parts.filter((part) => part !== found).join('&')
  return { token: found.slice(6), path: rest === '' ? path : `${path}?${rest}` }
}

export interface CredentialParts {
  readonly capabilities: Capabilities
  readonly wrongKeys: WrongKeys
}

/**
 * Throws unless the request shows what opens this preview. Whether the sandbox is there, is another’s, or
 * has closed the preview cannot be told from the answer; that it has ended is told to who held its token.
 */
export function checkCredentials(
  parts: CredentialParts,
  at: PreviewHost,
  request: IncomingMessage,
): void {
  let refusal: unknown
  for (const show of shownBy(parts.capabilities, request, at)) {
    try {
      show()
      return
    } catch (cause) {
      refusal = hasEnded(refusal) ? refusal : cause
    }
  }
  throw refusal === undefined ? previewClosed() : refused(parts, request, refusal)
}

/** What a token in an address is exchanged for. Throws as `checkCredentials` does. */
export function exchange(
  parts: CredentialParts,
  at: PreviewHost,
  { token, request }: { readonly token: string; readonly request: IncomingMessage },
): string {
  try {
    verify(parts.capabilities, at, token)
  } catch (cause) {
    throw refused(parts, request, cause)
  }
  return isNarrowed(token) ? token : parts.capabilities.narrow(token, purposeOf(at.port))
}

const isNarrowed = (token: string) => token.startsWith('sp_')

function verify(capabilities: Capabilities, { sandbox, port }: PreviewHost, token: string): void {
  if (isNarrowed(token)) capabilities.verifyNarrowed(token, sandbox, purposeOf(port))
  else capabilities.verify(token, sandbox)
}

/** Each throws unless it opens this preview. Tokens of an application inside are none of ours. */
function shownBy(
  capabilities: Capabilities,
  { headers }: IncomingMessage,
  at: PreviewHost,
): (() => void)[] {
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const tokens = ours([
    ...[headers[tokenHeader]].flat(),
    bearer,
    ...cookieValues(headers.cookie, at.domain !== localDomain),
  ])
  return [
    ...tokens.map((token) => () => verify(capabilities, at, token)),
    ...ours([headers[trafficHeader]].flat()).map(
      (token) => () => capabilities.verifyNarrowed(token, at.sandbox, everyPreview),
    ),
  ]
}

const ours = (tokens: readonly (string | undefined)[]) =>
  tokens.filter((token): token is string => token !== undefined && isOurToken(token))

const hasEnded = (cause: unknown) => cause instanceof SandboxError && cause.code === 'sandbox_gone'

const refused = ({ wrongKeys }: CredentialParts, { socket }: IncomingMessage, cause: unknown) =>
  wrongKeys.answer(socket.remoteAddress ?? '', hasEnded(cause) ? cause : previewClosed())

import type { IncomingMessage, ServerResponse } from 'node:http'
import { localDomain, type PreviewHost, previewHostOf } from '../lib/preview-host.ts'
import { answerHead, answerHeadForPrograms } from './answer-head.ts'
import { sendToClean } from './answers.ts'
import { checkAskedFrom } from './asked-from.ts'
import { callerOf, programCaller } from './caller.ts'
import { cookieOf } from './cookie.ts'
import { type CredentialParts, checkCredentials, exchange, tokenIn } from './credentials.ts'
import { notAPath, notForBrowsers } from './errors.ts'
import type { RawHeaders } from './headers.ts'
import type { Caller } from './request-head.ts'

/** A port of a sandbox, and what is asked of it: the path inside, with its query. */
export interface Wanted extends Omit<PreviewHost, 'domain'> {
  readonly path: string
}

/** A request that may go inside. */
export interface Admitted extends Wanted {
  readonly caller: Caller
  /** The answer’s headers as they may leave. */
  readonly answerHead: (raw: RawHeaders) => string[]
}

export interface AdmissionParts extends CredentialParts {
  /** Below which previews have names. */
  readonly domains: readonly string[]
  readonly proxies: readonly string[]
}

/**
 * A request to a preview’s own origin. Throws unless it may come in; undefined when it brought a token
 * in its address and was answered with a cookie in its place.
 */
export function admit(
  parts: AdmissionParts,
  request: IncomingMessage,
  response?: ServerResponse,
): Admitted | undefined {
  const { url: path = '', method = '', headers } = request
  const at = previewHostOf(headers.host, parts.domains)
  if (!at || !path.startsWith('/')) throw notAPath()
  const caller = callerOf(request, at, parts.proxies)
  const seen = { origin: `${caller.proto}://${caller.host}`, port: at.port }
  const inAddress = tokenIn(path)
  if (inAddress) {
    if (!response || method !== 'GET') throw notAPath()
    const token = exchange(parts, at, { token: inAddress.token, request })
    const cookie = cookieOf(at.domain !== localDomain, token)
    sendToClean(response, `${seen.origin}${inAddress.path}`, cookie)
    return undefined
  }
  checkAskedFrom(method, headers, at)
  checkCredentials(parts, at, request)
  return { ...at, caller, path, answerHead: (raw) => answerHead(raw, seen) }
}

/** A program’s request that the gateway let in at its own address, where nothing may be shown. */
export function admitProgram(wanted: Wanted, request: IncomingMessage): Admitted {
  if (isBrowser(request)) throw notForBrowsers()
  const caller = programCaller(request, wanted.port)
  return { ...wanted, caller, answerHead: answerHeadForPrograms }
}

const ofBrowsers = ['sec-fetch-site', 'sec-fetch-dest', 'service-worker', 'origin']

/**
 * Browsers say so themselves; what an old one gets all the same it can neither show nor run. Node’s own
 * `fetch` says a mode as they do, and nothing else.
 */
const isBrowser = ({ headers }: IncomingMessage) =>
  ofBrowsers.some((name) => headers[name] !== undefined) || headers['sec-fetch-mode'] === 'navigate'

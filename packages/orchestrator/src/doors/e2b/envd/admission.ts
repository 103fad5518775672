import type { IncomingMessage } from 'node:http'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Capabilities } from '../../../capabilities/capabilities.ts'
import type { WrongKeys } from '../../../lib/wrong-keys.ts'
import type { SeenTokens } from '../tokens.ts'
import type { SignedAddress } from './signed-address.ts'

export interface AdmissionParts {
  readonly capabilities: Pick<Capabilities, 'verify'>
  readonly tokens: SeenTokens
  readonly wrongKeys: WrongKeys
  readonly clock: () => number
}

/**
 * The sandbox that a request’s own token opens. The id that it names as well is no permission; it must
 * only fit.
 */
export function admit(parts: AdmissionParts, request: IncomingMessage): string {
  const { headers, socket } = request
  const named = headers['e2b-sandbox-id']
  const expected = typeof named === 'string' && /^sb[a-z0-9]{12}$/.test(named) ? named : undefined
  try {
    if (named !== undefined && expected === undefined) throw noToken()
    const token = tokenOf(parts, request)
    const sandbox = parts.capabilities.verify(token, expected)
    parts.tokens.add(sandbox, token)
    return sandbox
  } catch (refusal) {
    throw parts.wrongKeys.answer(socket.remoteAddress ?? '', refusal)
  }
}

function tokenOf({ tokens, clock }: AdmissionParts, request: IncomingMessage): string {
  const token = request.headers['x-access-token']
  if (typeof token === 'string') return token
  const address = signedAddressOf(request)
  const signer = address && tokens.signer(address, clock())
  if (signer === undefined) throw noToken()
  return signer
}

function signedAddressOf({ method, url = '' }: IncomingMessage): SignedAddress | undefined {
  const { pathname, searchParams } = new URL(url, 'http://here')
  const signature = searchParams.get('signature')
  if (signature === null || !pathname.endsWith('/files')) return undefined
  return {
    path: searchParams.get('path') ?? '',
    user: searchParams.get('username') ?? '',
    operation: method === 'GET' ? 'read' : 'write',
    signature,
    expiration: searchParams.get('signature_expiration') ?? undefined,
  }
}

const users = new Set(['', 'user', 'agent'])

/** Throws `forbidden` for a user that is not the agent, who runs everything here. */
export function checkUser({ headers, url = '' }: IncomingMessage): void {
  const basic = /^Basic (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  const [named = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  const asked = new URL(url, 'http://here').searchParams.get('username') ?? ''
  if (!users.has(named) || !users.has(asked)) throw strangeUser()
}

const noToken = () =>
  new SandboxError('unauthorized', 'The sandbox’s access token is missing, or not of this one.', {
    hint: 'Versions of e2b before 1.5 send none and cannot be served; a signed address is good until the orchestrator restarts.',
  })

const strangeUser = () =>
  new SandboxError('forbidden', 'There is no other user in the sandbox than the agent’s.', {
    hint: 'Leave out `user`; nothing runs as root.',
  })

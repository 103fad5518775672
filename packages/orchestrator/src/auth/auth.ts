import { createHash, timingSafeEqual } from 'node:crypto'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Clock } from '../lib/clock.ts'
import { newSecret } from '../lib/ids.ts'

/** Who may use the control plane: programs by key, people by a session that a key opened. */
export interface Auth {
  /** Throws `unauthorized`, or `forbidden` for an unsafe request from a session without its header. */
  check(request: Credentials): void
  /** The cookie value of a new session. Throws `unauthorized`. */
  signIn(key: string): string
  signOut(session: string | undefined): void
}

export interface Credentials {
  readonly authorization: string | undefined
  readonly session: string | undefined
  /** GET and HEAD change nothing. */
  readonly safe: boolean
  /** A header that no form and no other origin can send. */
  readonly sameOrigin: boolean
}

export const sessionCookie = 'stuntdouble_session'
export const sessionSeconds = 12 * 3600

export function createAuth(apiKey: string, clock: Clock): Auth {
  const sessions = new Map<string, number>()
  const key = digest(apiKey)
  const isKey = (candidate: string) => timingSafeEqual(digest(candidate), key)
  const hash = (session: string) => digest(session).toString('hex')

  function hasSession(session: string | undefined): boolean {
    return session !== undefined && (sessions.get(hash(session)) ?? 0) > clock()
  }

  return {
    check({ authorization, session, safe, sameOrigin }) {
      const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
      if (bearer !== undefined) {
        if (isKey(bearer)) return
        throw wrongKey()
      }
      if (!hasSession(session)) throw signInFirst()
      if (!safe && !sameOrigin) throw crossSite()
    },
    signIn(candidate) {
      if (!isKey(candidate)) throw wrongKey()
      for (const [known, until] of sessions) if (until <= clock()) sessions.delete(known)
      const session = newSecret()
      sessions.set(hash(session), clock() + sessionSeconds * 1000)
      return session
    },
    signOut: (session) => void (session && sessions.delete(hash(session))),
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

const signInFirst = () =>
  new SandboxError('unauthorized', 'This needs an API key.', {
    hint: 'Send `Authorization: Bearer KEY`; a local orchestrator keeps its key in its state directory, in the file api-key.',
  })

const wrongKey = () =>
  new SandboxError('unauthorized', 'This API key is not known here.', {
    hint: 'Check STUNTDOUBLE_API_KEY, or the file api-key in the orchestrator’s state directory.',
  })

const crossSite = () =>
  new SandboxError(
    'forbidden',
    'A request from a browser session must say that it comes from our own page.',
    {
      hint: 'Send the header x-stuntdouble-csrf: 1, or use an API key.',
    },
  )

import { json, type NextFunction, type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { parseBody } from '../lib/requests.ts'
import type { WrongKeys } from '../lib/wrong-keys.ts'
import { type Auth, sessionCookie, sessionSeconds } from './auth.ts'

const SignIn = z.strictObject({ key: z.string().min(1).max(200) })

interface Parts {
  readonly auth: Auth
  readonly wrongKeys: WrongKeys
}

/** `/v1/session`: a key for a cookie that scripts cannot read. */
export function sessionRoutes({ auth, wrongKeys }: Parts): Router {
  const router = Router()
  router.post('/session', json({ limit: '4kb' }), (request, response) => {
    const { key } = parseBody(SignIn, request.body)
    const session = countingWrong(wrongKeys, request, () => auth.signIn(key))
    response.cookie(sessionCookie, session, cookieOptions(request)).status(204).end()
  })
  router.delete('/session', (request, response) => {
    auth.signOut(cookieOf(request))
    response.clearCookie(sessionCookie, cookieOptions(request)).status(204).end()
  })
  return router
}

export function requireKey({ auth, wrongKeys }: Parts) {
  return (request: Request, _response: Response, next: NextFunction) => {
    const { authorization } = request.headers
    const check = () =>
      auth.check({
        authorization,
        session: cookieOf(request),
        safe: ['GET', 'HEAD'].includes(request.method),
        sameOrigin: request.headers['x-stuntdouble-csrf'] === '1',
      })
    if (authorization === undefined) check()
    else countingWrong(wrongKeys, request, check)
    next()
  }
}

function countingWrong<Result>(wrongKeys: WrongKeys, { ip = '' }: Request, check: () => Result) {
  try {
    return check()
  } catch (refusal) {
    throw wrongKeys.answer(ip, refusal)
  }
}

const cookieOptions = (request: Request) => ({
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: request.secure,
  maxAge: sessionSeconds * 1000,
  path: '/',
})

function cookieOf({ headers }: Request): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([name]) => name === sessionCookie)?.[1]
}

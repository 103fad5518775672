import { json, type NextFunction, type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { parseBody } from '../lib/requests.ts'
import { type Auth, sessionCookie, sessionSeconds } from './auth.ts'

const SignIn = z.strictObject({ key: z.string().min(1).max(200) })

/** `/v1/session`: a key for a cookie that scripts cannot read. */
export function sessionRoutes(auth: Auth): Router {
  const router = Router()
  router.post('/session', json({ limit: '4kb' }), (request, response) => {
    const session = auth.signIn(parseBody(SignIn, request.body).key)
    response.cookie(sessionCookie, session, cookieOptions(request)).status(204).end()
  })
  router.delete('/session', (request, response) => {
    auth.signOut(cookieOf(request))
    response.clearCookie(sessionCookie, cookieOptions(request)).status(204).end()
  })
  return router
}

export function requireKey(auth: Auth) {
  return (request: Request, _response: Response, next: NextFunction) => {
    auth.check({
      authorization: request.headers.authorization,
      session: cookieOf(request),
      safe: ['GET', 'HEAD'].includes(request.method),
      sameOrigin: request.headers['x-stuntdouble-csrf'] === '1',
    })
    next()
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

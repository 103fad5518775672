import { pipeline } from 'node:stream/promises'
import { ArchiveQuery, MoveRequest, tarType, WatchQuery } from '@stuntdouble/sdk/wire'
import { json, Router } from 'express'
import { bodyOf } from '../../lib/request-bodies.ts'
import { abortOnClose, parseBody } from '../../lib/requests.ts'
import type { GatewayParts } from '../gateway.ts'
import { pathOf } from './path-of.ts'
import { streamChanges } from './stream-changes.ts'

/** What is told and done of names, beside the bytes at them. Below a hand-over URL. */
export function treeRoutes(parts: GatewayParts): Router {
  const { doors, hosted, recorder } = parts
  const router = Router({ mergeParams: true })

  router.get('/stat{/*path}', async (request, response) => {
    const sandbox = String(response.locals.sandbox)
    const path = pathOf(request)
    using _use = hosted.use(sandbox, () => response.destroy())
    const { leadsTo: _, ...stat } = await doors.tree.stat({ sandbox, path }, abortOnClose(response))
    response.json(stat)
  })

  router.put('/directories/*path', async (request, response) => {
    const sandbox = String(response.locals.sandbox)
    const path = pathOf(request)
    using _use = hosted.use(sandbox, () => response.destroy())
    const made = await doors.tree.makeDirectory({ sandbox, path }, abortOnClose(response))
    const { leadsTo: _, ...entry } = made.entry
    response.json({ created: made.created, entry })
  })

  router.post('/move', json({ limit: '20kb', type: () => true }), async (request, response) => {
    const sandbox = String(response.locals.sandbox)
    const { from, to } = parseBody(MoveRequest, request.body)
    using _use = hosted.use(sandbox, () => response.destroy())
    const moved = await doors.tree.move({ sandbox, path: from }, to, abortOnClose(response))
    recorder.recordSoon(sandbox, 'file_moved', { from, to })
    const { leadsTo: _, ...entry } = moved
    response.json(entry)
  })
  router.get('/watch{/*path}', async (request, response) => {
    const sandbox = String(response.locals.sandbox)
    const watched = { path: pathOf(request), ...parseBody(WatchQuery, request.query) }
    using _use = hosted.use(sandbox, () => response.destroy())
    const signal = abortOnClose(response)
    await streamChanges(doors.watching.watch(sandbox, watched, signal), watched.path, response)
  })
  addArchiveRoutes(router, parts)
  return router
}

const typeOf = { tar: tarType, 'tar.gz': 'application/gzip' } as const

function addArchiveRoutes(router: Router, { doors, hosted, recorder }: GatewayParts): void {
  router.get('/archive{/*path}', async (request, response) => {
    const sandbox = String(response.locals.sandbox)
    const path = pathOf(request)
    const { format } = parseBody(ArchiveQuery, request.query)
    using _use = hosted.use(sandbox, () => response.destroy())
    const tar = await doors.archives.pack({ sandbox, path }, format, abortOnClose(response))
    response.set({ 'content-type': typeOf[format], 'content-disposition': 'attachment' })
    await pipeline(tar, response)
  })

  router.put('/archive/*path', async (request, response) => {
    const sandbox = String(response.locals.sandbox)
    const path = pathOf(request)
    using _use = hosted.use(sandbox, () => response.destroy())
    const signal = abortOnClose(response)
    const { entries, bytes } = await doors.archives.unpack(
      { sandbox, path },
      bodyOf(request),
      signal,
    )
    recorder.recordSoon(sandbox, 'file_written', { path, size: bytes, entries })
    response.json({ path, entries, bytes })
  })
}

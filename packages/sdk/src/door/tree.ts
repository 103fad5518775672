import type { Connection } from '../http/connection.ts'
import { sendForJson } from '../http/http.ts'
import { DirectoryMade, FileInfo } from '../wire/files.ts'
import { encodedPath, resolveInside } from './resolve-inside.ts'

/** Of the name itself: a link is told as one. */
export const statFile = (door: Connection, path: string, signal?: AbortSignal): Promise<FileInfo> =>
  sendForJson(door, { path: `/stat${encodedPath(path)}`, schema: FileInfo, signal })

export const makeDirectory = (door: Connection, path: string): Promise<DirectoryMade> =>
  sendForJson(door, {
    ...{ method: 'PUT', path: `/directories${encodedPath(path)}`, schema: DirectoryMade },
  })

export const moveFile = (door: Connection, from: string, to: string): Promise<FileInfo> =>
  sendForJson(door, {
    ...{ method: 'POST', path: '/move', schema: FileInfo, timeoutMs: null },
    json: { from: resolveInside(from), to: resolveInside(to) },
  })

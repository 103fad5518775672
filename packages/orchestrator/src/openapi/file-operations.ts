import {
  ArchiveQuery,
  ArchiveUnpacked,
  DirectoryListing,
  DirectoryMade,
  FileChange,
  FileInfo,
  FileWritten,
  MoveRequest,
  WatchQuery,
} from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import type { Operation } from './operation.ts'

const base = '/s/:handover'
const path = `${base}/files/*path`
const Range = z.object({
  range: z.string().optional().meta({ description: 'A part of a file, such as bytes=0-99.' }),
})
const bytes = 'application/octet-stream'

/** By the path inside without its first slash. Its other slashes may be encoded, as clients made of the document do. */
export const fileOperations: readonly Operation[] = [
  {
    ...{ method: 'get', path, status: 200, result: DirectoryListing, type: bytes, header: Range },
    ...{ partial: true },
    summary: 'The bytes of a file, or what a directory holds; x-stuntdouble-type says which',
  },
  {
    ...{ method: 'put', path, status: 200, result: FileWritten },
    summary: 'Write a file; makes the directories above it and replaces what was there',
    ...{ body: z.string(), bodyType: bytes },
  },
  {
    ...{ method: 'delete', path, status: 204 },
    summary: 'Remove a file, or a directory and all that is in it',
  },
  {
    ...{ method: 'get', path: `${base}/stat/*path`, status: 200, result: FileInfo },
    summary: 'What stands at a path; a link is told as one',
  },
  {
    ...{ method: 'put', path: `${base}/directories/*path`, status: 200, result: DirectoryMade },
    summary: 'Make a directory and those above it; content where it is there',
  },
  {
    ...{ method: 'post', path: `${base}/move`, status: 200, body: MoveRequest, result: FileInfo },
    summary: 'Move a file or a directory; replaces a file, and makes the directories above',
  },
  {
    ...{ method: 'get', path: `${base}/watch/*path`, status: 200, query: WatchQuery },
    ...{ stream: FileChange },
    summary: 'What changes in a directory, as it is seen five times a second',
  },
  {
    ...{ method: 'get', path: `${base}/archive/*path`, status: 200, query: ArchiveQuery },
    ...{ type: 'application/x-tar' },
    summary: 'A directory with all it holds, or a file, as one tar, or with gzip',
  },
  {
    ...{ method: 'put', path: `${base}/archive/*path`, status: 200, result: ArchiveUnpacked },
    summary:
      'Unpack a tar, or one with gzip, into a directory, which is made: all of it, or nothing',
    ...{ body: z.string(), bodyType: 'application/x-tar' },
  },
]

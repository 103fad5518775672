import { DirectoryListing, FileWritten } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import type { Operation } from './operation.ts'

const path = '/s/:handover/files/*path'
const bytes = 'application/octet-stream'

/** By the path inside without its first slash. Its other slashes may be encoded, as clients made of the document do. */
export const fileOperations: readonly Operation[] = [
  {
    ...{ method: 'get', path, status: 200, result: DirectoryListing, type: bytes },
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
]

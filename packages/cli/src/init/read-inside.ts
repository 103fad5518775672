import { constants, lstat, open } from 'node:fs/promises'

/** A compose file or a manifest that a person wrote is far smaller. */
const usualBytes = 64 * 1024

/** Thrown where a file is not read; the message says why, for a person. */
export class Unread extends Error {
  override readonly name = 'Unread'
}

/**
 * The text of a regular file of at most 64 KB, or as many bytes as are given. A link is not followed,
 * a pipe not waited for, a device not opened, and a file that grows meanwhile not read any further.
 */
export async function readInside(path: string, mostBytes = usualBytes): Promise<string> {
  const before = await lstat(path).catch(unreadable)
  if (before.isSymbolicLink()) throw new Unread('is a link, which is not followed')
  if (!before.isFile()) throw new Unread('is no regular file')
  // Something else may have taken its place by now.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  await using file = await open(path, flags).catch(unreadable)
  if (!(await file.stat()).isFile()) throw new Unread('is no regular file')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes + 1), 0, mostBytes + 1, 0)
  if (bytesRead > mostBytes) throw new Unread(`is larger than ${mostBytes / 1024} KB`)
  return buffer.toString('utf8', 0, bytesRead)
}

function unreadable(): never {
  throw new Unread('cannot be read')
}

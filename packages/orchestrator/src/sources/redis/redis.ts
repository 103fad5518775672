import { keyNames } from '../../masking/masking.ts'
import type { Address, Credentials, EntryKind } from '../sources.ts'
import {
  container,
  dataDirectory,
  imageFor,
  pristineFiles,
  stagingContainer,
  stopCommand,
} from './containers.ts'
import { knownTypes } from './keyspace.ts'
import { openSource } from './open.ts'
import { waitUntilReady } from './ready.ts'
import { settle } from './settle.ts'
import { openTarget } from './target.ts'

/** Redis 5 to 7, and what speaks as it does. */
export const redisKind: EntryKind = {
  model: 'entries',
  kind: 'redis',
  superuser: 'builder',
  port: 6379,
  names: keyNames,
  parts: 'values',
  // Their commands travel together.
  atOnce: 64,
  types: knownTypes,
  stopCommand,
  dataDirectory,
  pristineFiles,
  open: openSource,
  imageFor,
  stagingContainer,
  container,
  ready: waitUntilReady,
  settle,
  target: openTarget,
  url: urlOf,
  clientEnvironment: (credentials, at) => ({
    REDIS_URL: urlOf(credentials, at),
    REDISCLI_AUTH: credentials.password,
  }),
}

function urlOf({ user, password, database }: Credentials, { host, port }: Address): string {
  return `redis://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${database}`
}

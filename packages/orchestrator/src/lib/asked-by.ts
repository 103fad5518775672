import type { IncomingHttpHeaders } from 'node:http'
import { isIPv4, isIPv6 } from 'node:net'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { isPreviewName } from './preview-host.ts'

/**
 * Throws `forbidden` unless a request names this server as it is known, and comes from no other
 * site’s page. A page that has its own name resolve to our address (DNS rebinding) comes with that
 * name, and no page can make the browser leave its `Origin` out of a request that changes something.
 * An address is no name: nobody can have it resolve to us. A preview’s name is not ours either: what
 * runs there is an agent’s, and must find nothing of ours beside it.
 */
export function checkAskedBy(headers: IncomingHttpHeaders, names: readonly string[]): void {
  const { host = '', origin } = headers
  if (!isKnown(nameIn(host), names)) throw strangeName()
  if (origin !== undefined && hostIn(origin) !== host.toLowerCase()) throw strangePage()
}

/** Without its port; undefined where it is not a host and a port. */
const nameIn = (host: string) => /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host)?.[1]

function isKnown(name: string | undefined, names: readonly string[]): boolean {
  if (name === undefined) return false
  const known = name.toLowerCase()
  if (isPreviewName(known)) return false
  const isAddress = isIPv4(known) || (known.startsWith('[') && isIPv6(known.slice(1, -1)))
  return isAddress || known === 'localhost' || known.endsWith('.localhost') || names.includes(known)
}

/** Of `https://name:port`; `null`, which a sandboxed frame sends, is no origin of ours. */
const hostIn = (origin: string) => /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase()

const strangeName = () =>
  new SandboxError('forbidden', 'This server is not known by the name it was asked by.', {
    hint: 'Use its address or localhost, or add the name to `listen: { names: […] }` in stuntdouble.yaml.',
  })

const strangePage = () =>
  new SandboxError('forbidden', 'A page of another site may not ask this server.', {
    hint: 'Ask from a program, or from this server’s own page.',
  })

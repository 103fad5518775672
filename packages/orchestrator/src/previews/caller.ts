import type { IncomingMessage } from 'node:http'
import { localDomain, type PreviewHost } from '../lib/preview-host.ts'
import type { Caller } from './request-head.ts'

/** Who asks a preview’s own origin. Only the operator’s proxy, and only there, is believed about others. */
export function callerOf(
  { headers, socket }: IncomingMessage,
  { domain }: PreviewHost,
  proxies: readonly string[],
): Caller {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const host = headers.host ?? ''
  if (domain === localDomain) return { host, proto: 'http', address }
  const isBelieved = proxies.includes(address)
  const told = isBelieved ? [headers['x-forwarded-for']].flat().join(', ') : ''
  const isPlain = isBelieved && headers['x-forwarded-proto'] === 'http'
  const isList = /^[0-9a-fA-F.:, ]{1,200}$/.test(told)
  return { host, proto: isPlain ? 'http' : 'https', address: isList ? told : address }
}

/** A program that came by way of the gateway’s own address. */
export const programCaller = ({ socket }: IncomingMessage, port: number): Caller => ({
  ...{ host: `localhost:${port}`, proto: 'http' },
  address: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
})

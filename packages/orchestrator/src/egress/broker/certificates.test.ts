import { X509Certificate } from 'node:crypto'
import { duplexPair } from 'node:stream'
import { connect, TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { type Authority, createAuthority, newAuthorityKeys } from './certificates.ts'

const from = new Date(Date.now() - 60_000)
const keys = await newAuthorityKeys()
const authorityFor = (hosts: readonly string[], until = Date.now() + 3_600_000) =>
  createAuthority({ sandbox: 'sb123456789abc', hosts, from, until: new Date(until) }, keys)

/** What becomes of a TLS client that trusts `ca` and asks for a host that the authority signed for. */
async function trusted(authority: Authority, host: string, ca = authority.certificate) {
  const [near, far] = duplexPair()
  const secureContext = await authority.contextFor(host)
  new TLSSocket(far, { isServer: true, secureContext }).on('error', () => {})
  const isAddress = /^[\d.]+$/.test(host)
  const client = connect({ socket: near, host, ca, ...(!isAddress && { servername: host }) })
  const { promise, resolve } = Promise.withResolvers<string>()
  client.on('secureConnect', () => resolve('trusted'))
  client.on('error', (cause: NodeJS.ErrnoException) => resolve(`${cause.code} ${cause.message}`))
  return promise.finally(() => client.destroy())
}

describe('the authority of a sandbox', () => {
  test('is trusted for its hosts', async () => {
    const authority = await authorityFor(['api.example.com', '10.1.2.3'])

    expect(await trusted(authority, 'api.example.com')).toBe('trusted')
    expect(await trusted(authority, '10.1.2.3')).toBe('trusted')
  })

  test.each([
    ['another host', ['api.example.com'], 'evil.example'],
    ['the domain above', ['api.example.com'], 'example.com'],
    ['a name that ends alike', ['api.example.com'], 'xapi.example.com'],
    ['an address', ['api.example.com'], '10.1.2.3'],
    ['another address', ['10.1.2.3'], '10.1.2.4'],
    ['any name', ['10.1.2.3'], 'api.example.com'],
  ])('is trusted by nobody for %s, even when it signs', async (_what, hosts, host) => {
    const wide = await authorityFor([host])
    const narrow = await authorityFor(hosts)

    expect(await trusted(wide, host)).toBe('trusted')
    expect(await trusted(narrow, host)).toMatch(/(?:permitted|excluded) subtree violation/)
  })

  test('says so in a critical extension, and signs certificates of servers alone', async () => {
    const { certificate } = await authorityFor(['api.example.com'])
    const { ca, keyUsage, subject } = new X509Certificate(certificate)

    expect({ ca, keyUsage }).toEqual({ ca: true, keyUsage: ['1.3.6.1.5.5.7.3.1'] })
    expect(subject).toContain('sb123456789abc')
    expect(Buffer.from(new X509Certificate(certificate).raw).includes(critical)).toBe(true)
  })

  test('ends with the lease', async () => {
    const until = Date.now() + 61_500
    const { certificate } = await authorityFor(['api.example.com'], until)
    const over = await authorityFor(['api.example.com'], Date.now() - 5_000)

    expect(Date.parse(new X509Certificate(certificate).validTo)).toBeLessThanOrEqual(until)
    expect(await trusted(over, 'api.example.com')).toContain('CERT_HAS_EXPIRED')
  })

  test('goes on with a later end for who trusts the one before', async () => {
    const { certificate } = await authorityFor(['api.example.com'], Date.now() + 60_000)
    const later = await authorityFor(['api.example.com'])

    expect(await trusted(later, 'api.example.com', certificate)).toBe('trusted')
  })

  test('is a new one for each pair of keys', async () => {
    const { certificate } = await createAuthority(
      ...([
        { sandbox: 'sb', hosts: ['a.example'], from, until: new Date(Date.now() + 60_000) },
        await newAuthorityKeys(),
      ] as const),
    )

    expect(await trusted(await authorityFor(['a.example']), 'a.example', certificate)).not.toBe(
      'trusted',
    )
  })

  test('has a key that cannot be taken out', async () => {
    expect(keys.privateKey.extractable).toBe(false)
  })
})

/** id-ce-nameConstraints, critical. */
const critical = Buffer.from('0603551d1e0101ff', 'hex')

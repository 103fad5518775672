import { describe, expect, test } from 'vitest'
import { openEgress } from './testing/egress-under-test.ts'
import { openWeb } from './testing/web.ts'

const get = (host: string) =>
  `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`

/** The way out for one rule whose names lead to these addresses, a list for each look. */
async function leading(host: string, port: number, looks: readonly (readonly string[])[]) {
  let looked = 0
  const resolve = async () => looks[Math.min(looked++, looks.length - 1)] ?? []
  const egress = await openEgress({
    allow: [{ host, scheme: 'http', ports: [port], private: true }],
    resolve,
  })
  return { egress, looked: () => looked }
}

describe('where a name leads', () => {
  test('is looked up once: what it leads to later is of no matter', async () => {
    await using web = await openWeb()
    const looks = [['127.0.0.1'], ['169.254.169.254']]
    const { egress, looked } = await leading('api.localhost', web.port, looks)
    using _egress = egress

    expect(await egress.ask(get(`api.localhost:${web.port}`))).toContain('200 OK')
    expect(looked()).toBe(1)
    expect(await egress.ask(get(`api.localhost:${web.port}`))).toContain('"reason":"metadata"')
    expect(web.heard).toHaveLength(1)
  })

  test.each([
    ['this machine', ['127.0.0.1'], 'address_not_allowed'],
    ['this machine, by IPv6', ['::1'], 'address_not_allowed'],
    ['this machine, mapped', ['::ffff:127.0.0.1'], 'address_not_allowed'],
    ['a private and a forbidden address', ['10.0.0.1', '0.0.0.0'], 'address_not_allowed'],
    ['a public and a metadata address', ['1.1.1.1', '169.254.169.254'], 'metadata'],
    ['metadata by IPv6', ['fd00:ec2::254'], 'metadata'],
    ['nowhere', [], 'unreachable'],
  ])(
    'is not dialled when that is %s, though private ones are open',
    async (...[, addresses, reason]) => {
      await using web = await openWeb()
      const { egress } = await leading('mirror.example', web.port, [addresses])
      using _egress = egress
      await egress.ask(get(`mirror.example:${web.port}`))

      expect(egress.decisions).toMatchObject([{ allowed: false, reason }])
      expect(web.heard).toEqual([])
    },
  )

  test.each(['10.0.0.1', '192.168.1.1', '100.64.0.1', 'fd12::1', '127.0.0.1', '::1'])(
    'is not dialled when that is %s and no rule says private',
    async (address) => {
      using egress = await openEgress({
        allow: [{ host: '*', scheme: 'http' }],
        resolve: async () => [address],
      })

      expect(await egress.ask(get('mirror.example'))).toContain('"reason":"address_not_allowed"')
    },
  )

  test('is not asked for an address: the operator names it, as it is written', async () => {
    await using web = await openWeb()
    const literal = { host: '127.0.0.1', scheme: 'http' as const, ports: [web.port] }
    using named = await openEgress({ allow: [{ ...literal, private: true }] })
    using unmarked = await openEgress({ allow: [literal] })
    using unnamed = await openEgress({ allow: [{ ...literal, host: '*', private: true }] })
    const ask = get(`127.0.0.1:${web.port}`)

    expect(await named.ask(ask)).toContain('200 OK')
    expect(await unmarked.ask(ask)).toContain('"reason":"address_not_allowed"')
    expect(await unnamed.ask(ask)).toContain('"reason":"host_not_allowed"')
  })

  test.each([
    '169.254.169.254',
    '[fd00:ec2::254]',
    'metadata.google.internal',
    'METADATA.google.internal',
  ])('is never %s, even where the operator names it', async (host) => {
    const name = host.toLowerCase()
    using egress = await openEgress({
      allow: [{ host: name, scheme: 'http', private: true }],
      resolve: async () => ['1.1.1.1'],
    })

    expect(await egress.ask(get(host))).toContain('"reason":"metadata"')
  })

  test('is given up on when nobody answers', async () => {
    using egress = await openEgress({
      allow: [{ host: 'slow.example', scheme: 'http' }],
      resolve: () => Promise.reject(new Error('ENOTFOUND')),
    })

    expect(await egress.ask(get('slow.example'))).toMatch(/^HTTP\/1\.1 502 /)
  })
})

import { EgressConfig, EgressSpec } from '@stuntdouble/sdk/wire'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { createPolicy } from './policy.ts'
import { presets } from './presets.ts'
import { isPlain, rulesOf } from './rules.ts'

type Allow = z.input<typeof EgressConfig>['allow']
type Spec = z.input<typeof EgressSpec>

const policyOf = (allow: Allow) => createPolicy(EgressConfig.parse({ allow }).allow)
const asked = (spec: Spec) => EgressSpec.parse(spec)

const https = (host: string, port = 443) =>
  ({ scheme: 'https', host, port, method: null, path: null }) as const
const http = (host: string, method: string, path: string) =>
  ({ scheme: 'http', host, port: 80, method, path }) as const

describe('allowed is what both sides say yes to', () => {
  const both = (host: string): [Allow, Spec] => [[{ host }], [{ host }]]
  test.each<[reason: string, allow: Allow, spec: Spec]>([
    ['host_not_allowed', [], []],
    ['host_not_allowed', [], [{ host: 'a.example' }]],
    ['not_asked', [{ host: 'a.example' }], []],
    ['allowed', ...both('a.example')],
    ['allowed', [{ host: '*.example' }], [{ host: 'a.example' }]],
    ['host_not_allowed', [{ host: '*.a.example' }], [{ host: 'a.example' }]],
    ['port_not_allowed', [{ host: 'a.example', ports: [8443] }], [{ host: 'a.example' }]],
    ['scheme_not_allowed', [{ host: 'a.example', scheme: 'http' }], [{ host: 'a.example' }]],
    ['allowed', ...both('*')],
  ])('%s: the operator says %j and the blueprint %j', (reason, allow, spec) => {
    const verdict = policyOf(allow).decide(asked(spec).flatMap(rulesOf), https('a.example'))

    expect(verdict.allowed ? 'allowed' : verdict.reason).toBe(reason)
  })

  test('a suffix that is not a label is no match', () => {
    const policy = policyOf([{ host: '*.example.com' }])

    expect(policy.decide(policy.everything, https('evilexample.com')).allowed).toBe(false)
    expect(policy.decide(policy.everything, https('example.com.evil')).allowed).toBe(false)
    expect(policy.decide(policy.everything, https('a.b.example.com')).allowed).toBe(true)
  })

  test('methods and paths of either side hold', () => {
    const policy = policyOf([
      { host: 'a.example', scheme: 'http', methods: ['GET', 'POST'], paths: ['/v1/*'] },
    ])
    const spec = asked([{ host: 'a.example', scheme: 'http', methods: ['GET'] }])
    const decide = (method: string, path: string) => {
      const verdict = policy.decide(spec.flatMap(rulesOf), http('a.example', method, path))
      return verdict.allowed ? 'allowed' : verdict.reason
    }

    expect(decide('GET', '/v1/x')).toBe('allowed')
    expect(decide('POST', '/v1/x')).toBe('not_asked')
    expect(decide('DELETE', '/v1/x')).toBe('method_not_allowed')
    expect(decide('GET', '/v2/x')).toBe('path_not_allowed')
    expect(policy.granted(spec)).toMatchObject([{ methods: ['GET'], paths: ['/v1/*'] }])
  })
})

describe('a blueprint that asks for more is refused', () => {
  test.each<[what: string, allow: Allow, spec: Spec]>([
    ['another host', [{ host: 'a.example' }], ['npm', { host: 'b.example' }]],
    ['all of a domain for one name', [{ host: 'a.example' }], ['npm', { host: '*.example' }]],
    ['everything', [{ host: '*.example' }], ['npm', { host: '*' }]],
    ['one more port', [{ host: 'a.example' }], ['npm', { host: 'a.example', ports: [443, 22] }]],
    ['another preset', ['pypi'], ['npm', 'github']],
    [
      'one more method',
      [{ host: 'a.example', scheme: 'http', methods: ['GET'] }],
      ['npm', { host: 'a.example', scheme: 'http', methods: ['GET', 'POST'] }],
    ],
    [
      'a wider path',
      [{ host: 'a.example', scheme: 'http', paths: ['/v1/*'] }],
      ['npm', { host: 'a.example', scheme: 'http', paths: ['/*'] }],
    ],
  ])('for %s, with its place and what it would take', (_what, allow = [], spec) => {
    const policy = policyOf(['npm', ...allow])

    expect(() => policy.admit(asked(spec))).toThrow(
      expect.objectContaining({
        code: 'policy_refused',
        details: { key: ['egress', 1] },
        hint: expect.stringContaining('stuntdouble.yaml'),
      }),
    )
  })

  test('and not for leaving methods open, which narrows it to what is allowed', () => {
    const policy = policyOf([{ host: 'a.example', scheme: 'http', methods: ['GET'] }])
    const spec = asked([{ host: 'a.example', scheme: 'http' }])
    policy.admit(spec)

    expect(policy.granted(spec)).toMatchObject([{ host: 'a.example', methods: ['GET'] }])
  })

  test('so that what was admitted and is asked for is never denied as not allowed', () => {
    const host = fc.constantFrom('a.example', 'b.example', '*.example', '*', 'x.a.example')
    const methods = fc.option(fc.subarray(['GET', 'POST'] as const, { minLength: 1 }), {
      nil: undefined,
    })
    const paths = fc.option(fc.subarray(['/*', '/v1/*', '/v1/x'] as const, { minLength: 1 }), {
      nil: undefined,
    })
    const rule = fc.record({ host, scheme: fc.constant('http' as const), methods, paths })
    const rules = fc.array(rule, { maxLength: 3 })
    fc.assert(
      fc.property(rules, rules, (allow, spec) => {
        const policy = policyOf(allow)
        try {
          policy.admit(asked(spec))
        } catch {
          return
        }
        for (const { host, methods: [method] = [], paths: [path] = [] } of spec) {
          if (!method || !path || host.startsWith('*')) continue
          const want = http(host, method, path.replace('*', 'y'))
          expect(policy.decide(asked(spec).flatMap(rulesOf), want)).toMatchObject({ allowed: true })
        }
      }),
      { numRuns: 1000 },
    )
  })
})

test('a rule about what https hides is refused where it is written', () => {
  for (const more of [{ methods: ['GET'] }, { paths: ['/a'] }]) {
    expect(EgressSpec.safeParse([{ host: 'a.example', ...more }]).success).toBe(false)
    expect(EgressConfig.safeParse({ allow: [{ host: 'a.example', ...more }] }).success).toBe(false)
  }
  expect(EgressSpec.safeParse([{ host: 'a.example', private: true }]).success).toBe(false)
})

test('a path that servers read differently is not plain', () => {
  for (const path of [
    '/a/../b',
    '/a/..',
    '/./a',
    '/a//b',
    '/%2E%2e/',
    '/a%2Fb',
    '/a%5cb',
    '/a;b',
    '/a%00',
    '/%252e',
  ]) {
    expect(isPlain(path), path).toBe(false)
  }
  for (const path of ['/', '/a/b.c', '/a..b/', '/@scope%20x/y', '/...']) {
    expect(isPlain(path), path).toBe(true)
  }
})

test('every preset is admitted by itself', () => {
  for (const preset of Object.keys(presets)) {
    const policy = policyOf(asked([preset as never]))
    policy.admit(asked([preset as never]))

    expect(policy.granted(asked([preset as never])).length).toBeGreaterThan(0)
  }
})

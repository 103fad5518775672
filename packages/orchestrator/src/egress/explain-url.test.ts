import { EgressConfig, EgressTestRequest } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { createEgress } from './egress.ts'
import { brokerParts, credential } from './testing/credentials.ts'

const rule = { host: 'a.example', scheme: 'http', methods: ['GET'], paths: ['/v1/*'] } as const
const tickets = credential('tickets', { host: 'tickets.example', methods: ['GET'] })
const egress = createEgress({
  config: EgressConfig.parse({ allow: ['npm', rule] }),
  onDecision: () => {},
  onTotal: () => {},
  onAlarm: () => {},
  broker: brokerParts({ credentials: [tickets] }),
})
const explained = (request: object) => egress.test(EgressTestRequest.parse(request))

test.each([
  ['https://registry.npmjs.org/left-pad', 'npm'],
  ['http://a.example/v1/x?secret=1', 'a.example'],
])('%s is allowed by the rule that is named', (url, name) => {
  expect(explained({ url })).toMatchObject({ allowed: true, rule: name, reason: null })
  expect(JSON.stringify(explained({ url }))).not.toContain('secret')
})

test.each([
  [{ url: 'https://github.com/a/b' }, 'host_not_allowed', '`github`'],
  [{ url: 'https://registry.npmjs.org:8443/' }, 'port_not_allowed', 'ports: [8443]'],
  [{ url: 'http://registry.npmjs.org/' }, 'scheme_not_allowed', 'scheme: http'],
  [{ url: 'http://a.example/v1/x', method: 'POST' }, 'method_not_allowed', 'methods: [POST]'],
  [{ url: 'http://a.example/v2/x' }, 'path_not_allowed', 'a.example'],
  [{ url: 'https://registry.npmjs.org/', egress: [] }, 'not_asked', '`npm`'],
  [{ url: 'http://metadata.google.internal/' }, 'metadata', 'Do not retry'],
])('%j is denied as %s, with what it would take', (request, reason, hint) => {
  expect(explained(request)).toMatchObject({
    ...{ allowed: false, rule: null, reason },
    hint: expect.stringContaining(hint),
  })
})

test.each([
  'registry.npmjs.org',
  'ftp://a.example/',
  'https://a.example.:443/',
  'https://a@b/',
  '',
])('%j is no address', (url) => {
  expect(() => egress.test({ url, method: 'GET' })).toThrow(/is not an address/)
})

test('a credential is told where it is put in, and where not', () => {
  expect(explained({ url: 'https://tickets.example/v1/7' })).toMatchObject({
    ...{ allowed: true, rule: 'credential tickets', credential: 'tickets' },
    message: expect.stringContaining('$TICKETS_TOKEN'),
  })
  expect(explained({ url: 'https://tickets.example/v2' })).toMatchObject({
    ...{ allowed: false, reason: 'path_not_allowed', credential: null },
  })
  expect(explained({ url: 'https://tickets.example/v1/7', method: 'POST' })).toMatchObject({
    ...{ allowed: false, reason: 'method_not_allowed' },
  })
  expect(explained({ url: 'https://tickets.example/v1/7', credentials: [] })).toMatchObject({
    ...{ allowed: false, reason: 'host_not_allowed' },
  })
})

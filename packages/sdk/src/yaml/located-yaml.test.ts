import { expect, test } from 'vitest'
import { Blueprint } from '../wire/blueprint.ts'
import { OperatorConfig } from '../wire/config.ts'
import { parseYaml } from './located-yaml.ts'

const complaintOf = (
  text: string,
  schema: typeof Blueprint | typeof OperatorConfig = Blueprint,
) => {
  try {
    parseYaml({ file: 'a.yaml', text, code: 'blueprint_invalid' }, schema)
  } catch (cause) {
    return (cause as Error).message
  }
  return undefined
}

test.each([
  [
    'tttl: 1h',
    'a.yaml:1: tttl: is not a key; there may be ttl, idle, warnBefore, preStop, data, files, workspace, egress, credentials, isolation, services, limits, agentsMd',
  ],
  [
    'limits: { cpu: 1 }',
    'a.yaml:1: limits.cpu: is not a key; there may be cpus, memory, pids, disk',
  ],
  ['limits:\n  cpus: lots', 'a.yaml:2: limits.cpus: must be a number'],
  ['data:\n  db: {}', 'a.yaml:2: data.db.source: is missing, and must be text'],
  ['limits: []', 'a.yaml:1: limits: must be a map'],
  ['- 1', 'a.yaml:1: must be a map'],
  [
    'egress:\n  - npm\n  - host: a\n    port: 1',
    'a.yaml:4: egress.1.port: is not a key; there may be host, scheme, ports, methods, paths',
  ],
  [
    'egress: [nmp]',
    'a.yaml:1: egress.0: must be one of "npm", "pypi", "debian", "github", "crates", "go"',
  ],
])('%j is told with line, key and what is allowed there', (text, complaint) => {
  expect(complaintOf(text)).toBe(complaint)
})

test('what is allowed is known below a name of one’s own too', () => {
  const text = 'sources:\n  shop:\n    urll: x\n    kind: postgres\n    policy: p\n    url: y'

  expect(complaintOf(text, OperatorConfig)).toMatch(
    /^a\.yaml:3: sources\.shop\.urll: is not a key; there may be kind, url, path, policy/,
  )
})

test('what one expects of a compose file is refused with its line and why', () => {
  const text =
    'services:\n  web:\n    image: a\n    command: [b]\n    privileged: true\nnetworks: {}'

  expect(complaintOf(text)).toMatch(
    /^a\.yaml:5: services\.web\.privileged: is refused: .*\na\.yaml:6: networks: is refused: /,
  )
})

test.each([
  ['brackets', '['.repeat(30_000), /nested too deeply/],
  ['keys that are maps', '? '.repeat(600), /keys must be strings|nested too deeply/],
  ['length', '#'.repeat(70_000), /longer than 65536 characters/],
  ['aliases', `a: &a [x]\nb: [${'*a,'.repeat(200)}]`, /alias count/],
])('a file that would take long to read, by its %s, is refused at once', (_how, text, why) => {
  const began = performance.now()

  expect(complaintOf(text)).toMatch(why)
  expect(performance.now() - began).toBeLessThan(5000)
})

test('of many mistakes the first fifty are told', () => {
  const text = Array.from({ length: 500 }, (_, at) => `k${at}: 1`).join('\n')

  expect(complaintOf(text)?.split('\n')).toHaveLength(50)
})

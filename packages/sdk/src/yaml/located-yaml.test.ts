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
    'a.yaml:1: tttl: is not a key; there may be ttl, idle, data, files, workspace, egress, credentials, limits',
  ],
  ['limits: { cpu: 1 }', 'a.yaml:1: limits.cpu: is not a key; there may be cpus, memory, pids'],
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

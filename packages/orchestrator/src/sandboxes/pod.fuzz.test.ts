import { posix } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { Blueprint, blueprintRefusals, serviceRefusals, wavesOf } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzz } from '../../../../script/lib/fuzz.ts'
import type { ServerKinds } from '../sources/sources.ts'
import { newSandbox } from './journal.ts'
import { podOf } from './pod.ts'

const parse = (text: string) =>
  parseYaml({ file: 'sandbox.yaml', text, code: 'blueprint_invalid' }, Blueprint)

const word = fc.oneof(
  fc.constantFrom(
    'web',
    'api',
    'workspace',
    'gate',
    'db',
    '/',
    '..',
    '/etc',
    'host',
    'true',
    '0',
    '-1',
  ),
  fc.constantFrom(
    '"/:/host"',
    '[a]',
    '{ a: b }',
    '*a',
    '&a x',
    '3000',
    '"3000:3000"',
    '64g',
    '!!js x',
    '',
  ),
  fc.string({ maxLength: 8 }),
)
const key = fc.oneof(
  fc.constantFrom(...Object.keys(serviceRefusals), ...Object.keys(blueprintRefusals)),
  fc.constantFrom(
    'image',
    'command',
    'environment',
    'ports',
    'healthcheck',
    'depends_on',
    'memory',
  ),
  fc.constantFrom('cpus', '__proto__', 'constructor', '<<', '? a'),
)
const line = fc.tuple(key, word).map(([name, value]) => `${name}: ${value}`)
const service = fc
  .tuple(fc.constantFrom('web', 'api', 'job', 'gate', 'db'), fc.array(line, { maxLength: 2 }))
  .map(([name, lines]) =>
    [
      `  ${name}:`,
      '    image: stuntdouble/workspace',
      '    command: [id]',
      ...lines.map((it) => `    ${it}`),
    ].join('\n'),
  )
const blueprint = fc
  .tuple(fc.array(line, { maxLength: 1 }), fc.array(service, { maxLength: 3 }))
  .map(([lines, services]) =>
    [...lines, ...(services.length > 0 ? ['services:', ...services] : [])].join('\n'),
  )

test('a blueprint is refused as one, or makes nothing but what a pod may be', async () => {
  await fuzz(
    fc.property(fc.oneof({ weight: 9, arbitrary: blueprint }, fc.string()), (text) => {
      let read: Blueprint
      try {
        read = parse(text)
      } catch (cause) {
        expect(cause).toBeInstanceOf(SandboxError)
        return
      }
      // The journal keeps it as JSON: read again it means the same.
      expect(Blueprint.parse(JSON.parse(JSON.stringify(read)))).toEqual(read)
      if (Object.keys(read.data).length + Object.keys(read.files).length > 0) return
      holdsTo(read)
    }),
  )
})

function holdsTo(read: Blueprint): void {
  const none = { sealed: () => expect.unreachable() }
  const sandbox = newSandbox({ blueprint: read, workspace: null, now: 0 }, none, {} as ServerKinds)
  const names = wavesOf(read.services).flat()
  expect(names.toSorted()).toEqual(Object.keys(read.services).toSorted())
  const { containers, hosts } = podOf(sandbox, {} as ServerKinds, { services: names })
  const all = ['gate', ...containers.map(({ name }) => name)]
  expect(new Set(all).size).toBe(all.length)
  expect(hosts.filter((host) => !/^[a-z][a-z0-9-]*$/.test(host))).toEqual([])
  for (const { uid, gid, mounts, tmpfs, limits, env } of containers) {
    expect(Math.min(uid, gid)).toBeGreaterThanOrEqual(1000)
    expect(mounts.map(({ volume }) => volume)).toEqual([`${sandbox.id}-workspace`])
    for (const { path } of [...mounts, ...tmpfs]) {
      expect(posix.normalize(path)).toBe(path)
      expect(path).toMatch(/^\/(workspace|data|tmp|run|home)/)
    }
    expect(limits.memoryBytes).toBeGreaterThanOrEqual(32 * 1024 ** 2)
    expect(Object.keys(env).join()).not.toMatch(/[=\n\0]/)
  }
}

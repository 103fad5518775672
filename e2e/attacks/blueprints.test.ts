import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ask } from '../../packages/cli/src/drill/ask.ts'
import { judge, wholeScript } from '../../packages/cli/src/drill/attack.ts'
import { climbs, takesGate } from '../../packages/cli/src/drill/attacks/privileges.ts'
import { openEngine } from '../lib/container-runtime.ts'
import { bearer, json, placesOf, problem } from './doors.ts'
import { plainOf } from './plain-container.ts'
import { said, useScene } from './scene.ts'

const scene = useScene()

/** What `sandbox up` says to a blueprint, and that it makes nothing. */
async function refusal(blueprint: string): Promise<readonly string[]> {
  const { stuntdouble, control } = scene()
  const before = (await control.listSandboxes({ all: true })).length
  await stuntdouble.write({ 'hostile.yaml': blueprint })
  const started = performance.now()
  const { exitCode, stderr } = await stuntdouble.run(['up', '--blueprint', 'hostile.yaml'])

  expect(exitCode, stderr).toBe(2)
  expect(performance.now() - started).toBeLessThan(10_000)
  expect((await control.listSandboxes({ all: true })).length).toBe(before)
  return stderr.split('\n')
}

const asked: readonly (readonly [key: string, value: string, why: RegExp])[] = [
  ['volumes', '["/:/host"]', /nothing of the host is mounted/],
  ['tmpfs', '/x', /nothing of the host is mounted/],
  ['privileged', 'true', /without capabilities/],
  ['cap_add', '[SYS_ADMIN]', /without capabilities/],
  ['devices', '["/dev/sda"]', /without capabilities/],
  ['security_opt', '["seccomp=unconfined"]', /filter of system calls/],
  ['sysctls', '{ net.ipv4.ip_forward: 1 }', /filter of system calls/],
  ['ulimits', '{ core: -1 }', /filter of system calls/],
  ['runtime', 'runc', /filter of system calls/],
  ['pid', 'host', /no namespace is shared/],
  ['ipc', 'host', /no namespace is shared/],
  ['userns_mode', 'host', /no namespace is shared/],
  ['cgroup_parent', '/', /no namespace is shared/],
  ['network_mode', 'host', /nothing but loopback/],
  ['extra_hosts', '["host.docker.internal:host-gateway"]', /nothing but loopback/],
  ['dns', '8.8.8.8', /nothing but loopback/],
  ['user', 'root', /as the agent’s user/],
  ['labels', '{ dev.stuntdouble.sandbox: another }', /how we find/],
  ['container_name', 'gate', /how we find/],
  ['env_file', '/root/.env', /no secret enters/],
  ['use_api_socket', 'true', /socket never enters/],
  ['build', '.', /builds none/],
  ['restart', 'always', /nothing is restarted/],
  ['x-anything', '1', /is not a key/],
]

describe('a blueprint that asks for the host', () => {
  test('is refused for each key, with its line and why', async () => {
    const lines = asked.map(([key, value]) => `    ${key}: ${value}`)
    const service = ['services:', '  web:', '    image: stuntdouble/workspace', '    command: [id]']
    const told = await refusal([...service, ...lines].join('\n'))

    for (const [index, [key, , why]] of asked.entries()) {
      const at = `hostile.yaml:${service.length + index + 1}: services.web.${key}: `
      const line = told.find((each) => each.includes(at))
      expect(line, at).toMatch(why)
    }
  })

  test('gets none of it past the command line either', async () => {
    const { control, key } = await placesOf(scene())
    for (const [name] of asked) {
      const services = { web: { image: 'stuntdouble/workspace', command: ['id'], [name]: true } }
      const body = JSON.stringify({ blueprint: { services } })
      const headers = { ...json, ...bearer(key) }
      const answer = await ask(control, '/v1/sandboxes', { method: 'POST', headers, body })
      expect({ status: answer.status, code: problem(answer).code }, name).toEqual({
        ...{ status: 400, code: 'usage' },
      })
    }
  })

  test.each([
    ['two on one port', '{ a: { ports: [3000] }, b: { ports: [3000] } }', /taken by "a"/],
    ['the way out’s port', '{ a: { ports: [3128] } }', /the way out’s/],
    ['a published port', '{ a: { ports: ["80:80"] } }', /must be a number/],
    ['the gate’s name', '{ gate: {} }', /another’s name/],
    ['a circle', '{ a: { depends_on: [b] }, b: { depends_on: [a] } }', /in a circle/],
    ['nobody', '{ a: { depends_on: [nobody] } }', /there is no "nobody"/],
    ['a line in a variable’s name', '{ a: { environment: { "A\\nB": x } } }', /name of a variable/],
    ['an image by its path', '{ a: { image: "../../x" } }', /an image reference/],
  ])('may not have %s', async (_what, services, why) => {
    const whole = services.replaceAll(
      /(\w+): \{(?= (?:ports|depends|environment|image)|\})/g,
      '$1: { command: [id], ',
    )
    const complete = whole.includes('image:')
      ? whole
      : whole.replaceAll('command:', 'image: stuntdouble/workspace, command:')

    expect((await refusal(`services: ${complete}`)).join('\n')).toMatch(why)
  })
})

const doubling = (levels: number) =>
  [
    'a0: &a0 [x, x]',
    ...Array.from({ length: levels }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`),
  ].join('\n')

describe('a blueprint that unfolds without end', () => {
  test('does so in a parser without bounds', () => {
    const { a18 } = parse(doubling(18), { maxAliasCount: -1 })

    expect((a18 as unknown[]).flat(Number.POSITIVE_INFINITY).length).toBe(2 ** 19)
  })

  test.each([
    ['by aliases', doubling(200), /Excessive alias count/],
    ['by depth', '['.repeat(60_000), /nested too deeply/],
    ['by size', `# ${'x'.repeat(1024 ** 2)}`, /longer than/],
    [
      'by many keys',
      Array.from({ length: 5000 }, (_, at) => `k${at}: 1`).join('\n'),
      /is not a key/,
    ],
  ])('is refused %s, at once', async (_how, blueprint, why) => {
    expect((await refusal(blueprint)).join('\n')).toMatch(why)
  })

  test.each([
    '__proto__: { ttl: 1h }',
    'constructor: { prototype: { ttl: 1h } }',
    '? { a: 1 } : 2',
  ])('changes nothing by %s', async (blueprint) => {
    expect((await refusal(blueprint)).join('\n')).toMatch(/is not a key|keys must be strings/)
  })
})

describe('a service', () => {
  const image = 'stuntdouble/workspace'
  const serve = `require('http').createServer((_, answer) => answer.end('from web')).listen(3000)`
  const services = {
    api: {
      image,
      command: ['bash', '-c', 'curl -s http://web:3000 > /workspace/api; exec sleep infinity'],
      depends_on: ['web'],
      healthcheck: { test: ['test', '-s', '/workspace/api'] },
    },
    web: {
      image,
      command: ['node', '-e', serve],
      ports: [3000],
      healthcheck: { test: ['curl', '-sf', 'http://127.0.0.1:3000'] },
    },
  }

  test('starts after what it depends on, is found by its name, and is hardened like the rest', async () => {
    const { control } = scene()
    const handover = await control.createSandbox({ ttl: '5m', blueprint: { services } })
    try {
      const { Sandbox } = await import('@stuntdouble/sdk')
      const box = Sandbox.of(handover, control)
      expect(await said(box, 'cat /workspace/api; curl -s http://web:3000')).toBe(
        'from webfrom web',
      )
      const inside = plainOf(await containerOf(handover.id, 'web'))
      for (const attack of [climbs, takesGate]) {
        const output = await inside.said(wholeScript(attack))
        expect(judge(output), output).toEqual({ outcome: 'held', said: '' })
      }
    } finally {
      expect(await control.destroySandbox(handover.id)).toMatchObject({ clean: true })
    }
  })

  test.each([
    ['ends at once', { command: ['false'] }, /ended right after its start, with 1/],
    [
      'is never ready',
      { command: ['sleep', '60'], healthcheck: { test: ['false'], retries: 2 } },
      /not ready after 2/,
    ],
    [
      'has an image that nobody read',
      { image: 'evil.example/x', command: ['id'] },
      /holds no image/,
    ],
    ['wants more than the operator gives', { command: ['id'], memory: '64g' }, /64g/],
  ])('that %s ends the creation, and leaves nothing', async (_what, service, why) => {
    const { control } = scene()
    const living = (await control.listSandboxes()).length
    const blueprint = { services: { web: { image, ...service } } }

    await expect(control.createSandbox({ blueprint })).rejects.toThrow(why)
    expect((await control.listSandboxes()).length).toBe(living)
  })
})

describe('an image that bears our labels', () => {
  const forged = 'stuntdouble-forged:test'
  afterAll(async () => {
    await (await openEngine())
      .getImage(forged)
      .remove()
      .catch(() => {})
  })

  test('is not taken for what it says', async () => {
    const { control, other, stuntdouble } = scene()
    const installation = (await stuntdouble.installation()) ?? ''
    const labels = {
      'dev.stuntdouble.sandbox': other.id,
      'dev.stuntdouble.kind': 'gate',
      'dev.stuntdouble.installation': 'another',
      'dev.stuntdouble.pool': installation,
    }
    await commit(forged, labels)
    const { id } = await control.createSandbox({
      ttl: '5m',
      blueprint: { workspace: { image: forged } },
    })
    const docker = await openEngine()
    const own = await docker.getContainer(await containerOf(id, 'workspace')).inspect()

    expect(own.Config.Labels).toMatchObject({
      'dev.stuntdouble.sandbox': id,
      'dev.stuntdouble.installation': installation,
    })
    expect(await control.destroySandbox(id)).toMatchObject({ clean: true })
    expect(await said(other, 'echo alive')).toBe('alive\n')
  })
})

/** An image of ours with labels of somebody’s. */
async function commit(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  const [repo, tag] = name.split(':')
  const container = (await openEngine()).getContainer(scene().plain.id)
  const changes = Object.entries(labels).map(([key, value]) => `LABEL ${key}=${value}`)
  await container.commit({ repo, tag, changes: [...changes, 'USER agent'] } as never)
}

async function containerOf(id: string, kind: string): Promise<string> {
  const label = [`dev.stuntdouble.sandbox=${id}`, `dev.stuntdouble.kind=${kind}`]
  const [found] = await (await openEngine()).listContainers({ filters: JSON.stringify({ label }) })
  return found?.Id ?? ''
}

import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openFakeEngine } from '../engine/fake/fake-engine.ts'
import type { ServerKinds } from '../sources/sources.ts'
import { podOf } from './pod.ts'
import { aSandbox } from './test-sandbox.ts'
import { deliverTrust } from './trust.ts'
import { workspaceVolume } from './workspace-volume.ts'

const kinds = {} as ServerKinds
const workspaceOf = (placeholders: Readonly<Record<string, string>>) =>
  podOf(aSandbox(), kinds, { placeholders }).containers[0]

test('a sandbox with credentials has their placeholders, and a place for whom to trust', () => {
  const workspace = workspaceOf({ TICKETS_TOKEN: 'a-placeholder', PATH: '/evil' })

  expect(workspace?.env).toMatchObject({
    TICKETS_TOKEN: 'a-placeholder',
    PATH: expect.stringContaining('/usr/bin'),
    NODE_EXTRA_CA_CERTS: '/etc/stuntdouble/authority.pem',
    SSL_CERT_FILE: '/etc/stuntdouble/authorities.pem',
  })
  expect(workspace?.tmpfs.map(({ path }) => path)).toContain('/etc/stuntdouble')
  expect(workspace?.tmpfs.find(({ path }) => path === '/etc/stuntdouble')?.uid).not.toBe(1000)
})

test('a sandbox without credentials has nothing of that', () => {
  const workspace = workspaceOf({})

  expect(workspace?.env).not.toHaveProperty('SSL_CERT_FILE')
  expect(workspace?.tmpfs.map(({ path }) => path)).not.toContain('/etc/stuntdouble')
})

test.each([0, 1])(
  'what is to be trusted goes in by a command; its end is looked at: %i',
  async (code) => {
    let came = ''
    await using engine = openFakeEngine({
      program: async ({ stdin }) => {
        came = await text(stdin)
        return code
      },
    })
    const { signal } = new AbortController()
    const sandbox = aSandbox({ expiresAt: Date.now() + 60_000, activeAt: Date.now() })
    await engine.images.ensure(sandbox.blueprint.workspace.image, () => {}, signal)
    await engine.volumes.create(workspaceVolume(sandbox), signal)
    await engine.start(podOf(sandbox, kinds), signal)
    const delivered = deliverTrust(engine, sandbox.id, 'a certificate')

    if (code === 0) await delivered
    else await expect(delivered).rejects.toMatchObject({ code: 'engine_failed' })
    expect(came).toBe('a certificate')
  },
)

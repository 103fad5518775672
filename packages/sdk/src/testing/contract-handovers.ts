import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ControlClient } from '../control/control.ts'
import { Sandbox } from '../sandbox/sandbox.ts'
import type { Contract, ContractEnv } from './contract.ts'

const nobody = 'sb000000000000'

const controlOf = ({ STUNTDOUBLE_URL, STUNTDOUBLE_API_KEY }: ReturnType<ContractEnv>) =>
  new ControlClient({ url: STUNTDOUBLE_URL, apiKey: STUNTDOUBLE_API_KEY })

/** Who may use a sandbox. */
export function describeHandovers({ env, open }: Contract): void {
  describe('hand-overs', () => {
    let box: Sandbox
    beforeAll(async () => {
      box = await open()
    })
    afterAll(() => box?.[Symbol.asyncDispose]())

    test('a sandbox is listed from its creation to its end, and with `all` after it', async () => {
      const ids = async (all: boolean) =>
        (await Sandbox.list({ env: env(), all })).map(({ id }) => id)
      const other = await open()

      expect(await ids(false)).toContain(other.id)
      await other.kill()
      expect(await ids(false)).not.toContain(other.id)
      expect(await ids(true)).toContain(other.id)
    })

    test('what it uses is told beside what it may', async () => {
      const { cpu, memory, processes, disk, containers } = await box.metrics()

      expect(containers.map(({ name }) => name)).toEqual(['workspace'])
      expect(memory.usedBytes).toBeGreaterThan(0)
      expect(memory.limitBytes).toBeGreaterThan(memory.usedBytes)
      expect(processes.limit).toBeGreaterThan(processes.count)
      expect([cpu.limitCores, disk.limitBytes].every((limit) => limit > 0)).toBe(true)
    })

    test('what its members said last is told, and nothing of others', async () => {
      expect(await box.logs('workspace', { bytes: 1000 })).toBe('')
      await expect(box.logs('gate')).rejects.toMatchObject({ code: 'address_not_found' })
    })

    test('its URL is all that a guest needs, and gives no power over its life', async () => {
      const guest = await Sandbox.connect(box.url, { env: { HOME: '/nowhere' } })
      await guest.files.write('greeting', 'hello')

      expect(guest).toMatchObject({ id: box.id, token: box.token, expiresAt: box.expiresAt })
      expect(await box.files.readText('greeting')).toBe('hello')
      expect(await guest.welcome()).toMatchObject({ id: box.id, state: 'ready' })
      await expect(guest.kill()).rejects.toMatchObject({ code: 'orchestrator_unreachable' })
    })

    test('a token of the right form that was never given is refused', async () => {
      const guessed = box.url.replace(box.token, `sd_${box.id}_${'A'.repeat(43)}`)

      await expect(Sandbox.connect(guessed)).rejects.toMatchObject({ code: 'unauthorized' })
    })

    test('one more hand-over opens the sandbox until it is revoked', async () => {
      const control = controlOf(env())
      const { url, token } = await control.handover(box.id)
      const guest = await Sandbox.connect(url)
      await control.revokeHandover({ id: box.id, token })

      expect(token).not.toBe(box.token)
      await expect(guest.files.list()).rejects.toMatchObject({ code: 'unauthorized' })
      expect(await box.files.exists('.')).toBe(true)
    })

    test('another API key is refused', async () => {
      const other = { ...env(), STUNTDOUBLE_API_KEY: 'sk_of_somebody_else' }

      await expect(Sandbox.list({ env: other })).rejects.toMatchObject({ code: 'unauthorized' })
    })

    test.each([
      ['looking', (control: ControlClient) => control.sandbox(nobody)],
      ['ending', (control: ControlClient) => control.destroySandbox(nobody)],
      ['extending', (control: ControlClient) => control.extendSandbox(nobody, '1m')],
      ['a checkpoint', (control: ControlClient) => control.checkpoint(nobody)],
      ['a fork', (control: ControlClient) => control.fork(nobody)],
      ['a receipt', (control: ControlClient) => control.receipt(nobody)],
    ])('%s of a sandbox that never was is told so', async (_what, ask) => {
      await expect(ask(controlOf(env()))).rejects.toMatchObject({ code: 'sandbox_not_found' })
    })
  })
}

import type { Sandbox } from 'e2b'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askPreview } from './ask-preview.ts'
import { type Clients, openClients } from './clients.ts'
import { polledWatchers } from './polled.ts'
import { type SandboxClass, versions } from './versions.ts'

/** What takes tens of milliseconds takes seconds on a busy machine. */
const patient = { timeout: 30_000 }

let clients: Clients
let Newest: SandboxClass
/** Somebody else’s. */
let other: Sandbox
beforeAll(async () => {
  clients = await openClients()
  Newest = (await versions[0]?.load()) as SandboxClass
  other = await Newest.create('small', clients.options('address'))
})
afterAll(async () => {
  await clients?.[Symbol.asyncDispose]()
})

describe.each(versions)('e2b $name', ({ name, load, by }) => {
  const isNewest = name === versions[0]?.name
  const client = () => clients.options(by)
  const traffic = async (box: Sandbox) => {
    // Version 1 has no word for it.
    const { trafficAccessToken } =
      by === 'names' ? await Newest.connect(box.sandboxId, clients.options('address')) : box
    return { 'e2b-traffic-access-token': trafficAccessToken ?? '' }
  }
  let Class: SandboxClass
  let box: Sandbox
  beforeAll(async () => {
    Class = await load()
    box = await Class.create('small', { ...client(), timeoutMs: 600_000 })
  })
  afterAll(async () => {
    if (box) await box.kill()
  })

  test('tells what the sandbox uses', async () => {
    const [rested] = await box.getMetrics()

    expect(rested).toMatchObject({ cpuCount: 0.5, memTotal: 512 * 2 ** 20 })
    expect(rested?.memUsed).toBeGreaterThan(2 ** 18)
    expect(rested?.memUsed).toBeLessThan(256 * 2 ** 20)
    expect(rested?.diskTotal).toBeGreaterThan(2 ** 30)
    expect(rested?.timestamp.getTime()).toBeGreaterThan(Date.now() - 60_000)
  })

  if (isNewest)
    test('tells when the sandbox is busy', async () => {
      const busy = await box.commands.run('while :; do :; done', { background: true })
      const cpuUsedPct = async () => (await box.getMetrics())[0]?.cpuUsedPct ?? 0

      await expect.poll(cpuUsedPct, patient).toBeGreaterThan(4)
      await busy.kill()
      await expect.poll(cpuUsedPct, patient).toBeLessThan(4)
    })

  test('finds a port at its host, with the token for it alone', async () => {
    await box.files.write('/workspace/site/hello', 'from inside')
    const serve = 'exec python3 -m http.server 3000 --directory /workspace/site'
    await box.commands.run(serve, { background: true })
    const host = box.getHost(3000)
    const ask = async (headers: Record<string, string>, at = host) => {
      if (by === 'address') return (await askPreview(at, headers)).status
      return (await fetch(`https://${at}/`, { headers })).status
    }
    const headers = await traffic(box)

    await expect.poll(() => ask(headers), patient).toBe(200)
    expect(await ask({})).toBe(401)
    expect(await ask({ 'e2b-traffic-access-token': clients.variables.E2B_API_KEY })).toBe(401)
    expect(await ask({ 'e2b-traffic-access-token': other.trafficAccessToken ?? '' })).toBe(401)
    expect(await ask(headers, host.replace(box.sandboxId, other.sandboxId))).toBe(401)
    expect(await ask(headers, box.getHost(3001))).toBe(502)
  })

  if (by === 'address')
    test('pauses, and goes on when it is connected to', async () => {
      const tick = 'while :; do echo tick >> /workspace/ticks; sleep 0.1; done'
      const ticking = await box.commands.run(tick, { background: true })
      const count = async () => Number((await box.commands.run('wc -l < /workspace/ticks')).stdout)
      await expect.poll(count, patient).toBeGreaterThan(2)
      const pause = () => Class.betaPause(box.sandboxId, client())

      expect(await pause()).toBe(true)
      expect(await pause()).toBe(false)
      expect(await Class.getInfo(box.sandboxId, client())).toMatchObject({ state: 'paused' })
      expect(await box.isRunning()).toBe(false)
      await expect(box.commands.run('true')).rejects.toThrow(/probably not running/)
      const again = await Class.connect(box.sandboxId, { ...client(), timeoutMs: 500_000 })
      expect(await box.isRunning()).toBe(true)
      const before = await count()
      await expect.poll(count, patient).toBeGreaterThan(before)
      const { endAt, state } = await again.getInfo()
      expect(state).toBe('running')
      expect(endAt.getTime()).toBeLessThan(Date.now() + 501_000)
      expect(await again.commands.kill(ticking.pid)).toBe(true)
    })

  if (isNewest)
    test('forks what is in its files', async () => {
      await box.files.write('/workspace/state', 'of the first')
      const [fork] = await box.fork({ timeoutMs: 120_000 })
      if (!(fork instanceof Class)) throw fork
      await box.files.write('/workspace/state', 'changed since')

      expect(fork.sandboxId).not.toBe(box.sandboxId)
      expect(await fork.files.read('/workspace/state')).toBe('of the first')
      expect(await fork.kill()).toBe(true)
      await expect(box.createSnapshot()).rejects.toThrow(/not served here/)
    })
})

describe('watchers that are polled', () => {
  const changed = async (ask: ReturnType<typeof polledWatchers>, watcherId: string | undefined) =>
    (await ask('GetWatcherEvents', { watcherId })).events?.map(
      ({ name, type }) => `${name} ${type}`,
    )

  test('tell what changed since they were last asked, and nobody else', async () => {
    const { E2B_SANDBOX_URL: sandboxUrl, E2B_API_KEY: key } = clients.variables
    const stranger = await Newest.create('small', clients.options('address'))
    const [ask, foreign] = [polledWatchers(sandboxUrl, other), polledWatchers(sandboxUrl, stranger)]
    await other.files.write('/workspace/polled/deep/a', 'one')
    const made = await ask('CreateWatcher', { path: 'polled', recursive: true })
    const { watcherId } = made
    await other.files.rename('/workspace/polled/deep/a', '/workspace/polled/b')
    await other.files.write('/workspace/polled/c', 'new')

    expect((await changed(ask, watcherId))?.toSorted()).toEqual([
      'b EVENT_TYPE_CREATE',
      'c EVENT_TYPE_CREATE',
      'c EVENT_TYPE_WRITE',
      'deep/a EVENT_TYPE_RENAME',
    ])
    expect(await changed(ask, watcherId)).toEqual([])
    for (const procedure of ['GetWatcherEvents', 'RemoveWatcher']) {
      expect(await foreign(procedure, { watcherId })).toMatchObject({ code: 'not_found' })
      expect(await ask(procedure, { watcherId }, key)).toMatchObject({ code: 'unauthenticated' })
    }
    expect(await ask('RemoveWatcher', { watcherId })).toEqual({})
    await stranger.kill()
  })

  test('see what the agent may see, and come to an end', async () => {
    const ask = polledWatchers(clients.variables.E2B_SANDBOX_URL, other)
    expect(await ask('CreateWatcher', { path: '../proc/1/root' })).toMatchObject({
      code: 'not_found',
    })
    await other.commands.run(
      'mkdir -p /workspace/many && cd /workspace/many && seq -f "%0200g" 6000 | xargs touch',
    )
    const many = await ask('CreateWatcher', { path: '/workspace/many' })
    const made = await Promise.all(
      Array.from({ length: 20 }, () => ask('CreateWatcher', { path: '/workspace/../../tmp' })),
    )

    expect(many).toMatchObject({ code: 'resource_exhausted' })
    expect(made.filter(({ watcherId }) => watcherId !== undefined)).toHaveLength(16)
  })
})

import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '@stuntdouble/sdk'
import { getContainerRuntimeClient } from 'testcontainers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Scene, said } from './scene.ts'

const mebibyte = 1024 ** 2

export function describeExhaustion(scene: () => Scene): void {
  let spare: Sandbox
  beforeAll(async () => {
    spare = await scene().spare({ memory: '256m', pids: 64 })
  })
  afterAll(() => spare?.kill())

  /** Resident memory of the orchestrator, in bytes. */
  async function resident(): Promise<number> {
    const { pid } = (await scene().stuntdouble.orchestrator()) ?? {}
    const [, kibibytes = '0'] =
      /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) * 1024
  }

  /** The most it held while `work` went on. */
  async function peakDuring(work: Promise<unknown>): Promise<number> {
    let peak = await resident()
    let over = false
    const done = work.finally(() => {
      over = true
    })
    while (!over) {
      await sleep(50)
      peak = Math.max(peak, await resident())
    }
    await done
    return peak
  }

  const isWell = async (box: Sandbox) => {
    const started = performance.now()
    expect(await said(box, 'echo well')).toBe('well\n')
    expect(performance.now() - started).toBeLessThan(5000)
  }

  describe('a sandbox that takes all it can get', () => {
    test('forks up to its limit, while another one answers, and goes with its end', async () => {
      const doomed = await scene().spare({ memory: '256m', pids: 64 })
      const line = 'f() { f | f & }; f; sleep 600'
      const bomb = doomed.commands.run(['bash', '-c', line], { timeoutMs: 3000 })
      bomb.catch(() => {})
      await sleep(1500)
      await isWell(scene().other)
      const tasks = await tasksOf(doomed)
      expect(tasks).toBeGreaterThan(30)
      expect(tasks).toBeLessThanOrEqual(64)

      // It leaves no room for a killer inside, and is killed all the same.
      await expect(bomb).rejects.toMatchObject({ code: 'timed_out' })
      await isWell(doomed)
      expect(await doomed.kill()).toMatchObject({ clean: true })
    })

    test('runs out of memory alone', async () => {
      const bomb = 'x = []\nwhile True: x.append(bytearray(16 * 2**20))'
      const { exitCode } = await spare.commands.run(['python3', '-c', bomb])

      expect(exitCode).toBe(137)
      await isWell(scene().other)
      await isWell(spare)
    })

    test('fills its temporary files and not the machine', async () => {
      const output = await said(
        spare,
        'head -c 2G /dev/zero > /tmp/fill; stat -c %s /tmp/fill; rm -f /tmp/fill',
      )

      expect(Number(/^\d+$/m.exec(output)?.[0] ?? 0)).toBeLessThanOrEqual(256 * mebibyte)
      await isWell(scene().other)
    })

    test('writes without end, and the orchestrator keeps the beginning', async () => {
      const before = await resident()
      const { stdout, truncated } = await spare.commands.run([
        'bash',
        '-c',
        'head -c 400M /dev/zero | tr "\\0" x',
      ])
      expect(truncated).toBe(true)
      expect(stdout.length).toBeLessThanOrEqual(9 * mebibyte)

      const { gatewayUrl } = (await scene().stuntdouble.orchestrator()) ?? {}
      const plain = () =>
        fetch(`${gatewayUrl}/s/${spare.token}/exec`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ command: ['head', '-c', '200M', '/dev/zero'] }),
        }).then((answer) => answer.arrayBuffer())
      const peak = await peakDuring(plain())
      expect(peak - before).toBeLessThan(300 * mebibyte)
    })

    test('cannot make the orchestrator hold many such outputs at once', async () => {
      const before = await resident()
      const { gatewayUrl } = (await scene().stuntdouble.orchestrator()) ?? {}
      const one = () =>
        fetch(`${gatewayUrl}/s/${spare.token}/exec`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ command: 'head -c 9M /dev/zero; sleep 2' }),
        }).then((answer) => answer.text())
      const peak = await peakDuring(Promise.all(Array.from({ length: 60 }, one)))

      expect(peak - before).toBeLessThan(500 * mebibyte)
      await isWell(scene().other)
    })

    test('uploads and downloads without filling the orchestrator', async () => {
      const before = await resident()
      const stream = endless(300 * mebibyte)
      const upload = spare.files.write('/workspace/huge', stream)
      const up = await peakDuring(upload)
      expect(await upload).toMatchObject({ size: 300 * mebibyte })
      expect(up - before).toBeLessThan(200 * mebibyte)

      const down = await peakDuring(drain(await spare.files.readStream('/workspace/huge')))
      expect(down - before).toBeLessThan(200 * mebibyte)
      await spare.files.remove('/workspace/huge')
    })

    test('a reader that stops reading stops the writer', async () => {
      const before = await resident()
      const answer = await fetch(
        `${(await scene().stuntdouble.orchestrator())?.gatewayUrl}/s/${spare.token}/exec`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
          body: JSON.stringify({ command: 'yes' }),
        },
      )
      const peak = await peakDuring(sleep(2500))
      await answer.body?.cancel()

      expect(peak - before).toBeLessThan(150 * mebibyte)
      await expect.poll(() => said(spare, 'pgrep -xc yes || true')).toBe('0\n')
    })
  })
}

/** Processes and threads of the workspace, as its cgroup counts them. */
async function tasksOf(box: Sandbox): Promise<number> {
  const docker = (await getContainerRuntimeClient()).container.dockerode
  const filters = { label: [`dev.stuntdouble.sandbox=${box.id}`, 'dev.stuntdouble.kind=workspace'] }
  const [found] = await docker.listContainers({ filters: JSON.stringify(filters) })
  const stats = await docker.getContainer(found?.Id ?? '').stats({ stream: false })
  return stats.pids_stats?.current ?? 0
}

function endless(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes
  const chunk = new Uint8Array(mebibyte)
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close()
      controller.enqueue(chunk)
      left -= chunk.length
    },
  })
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const _chunk of stream) void 0
}

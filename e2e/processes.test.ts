import { Sandbox } from '@stuntdouble/sdk'
import type { ProcessView } from '@stuntdouble/sdk/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Stuntdouble } from './lib/stuntdouble.ts'

interface Started {
  readonly id: string
  readonly pid: number
}

let stuntdouble: Stuntdouble
let id: string
let box: Sandbox
beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({ files: { 'sandbox.yaml': 'ttl: 30m\n' } })
  const up = await stuntdouble.json<{ id: string; url: string }>(['up'])
  id = up.id
  box = await Sandbox.connect(up.url)
})
afterAll(() => stuntdouble?.[Symbol.asyncDispose]())

async function detach(line: string): Promise<Started> {
  return (await stuntdouble.run(['exec', '--json', '--detach', id, '--', line])).json<Started>()
}
const ps = async () => (await stuntdouble.json<{ processes: ProcessView[] }>(['ps', id])).processes
const one = async (process: string) => (await ps()).find((each) => each.id === process)
const alive = async (pid: number) =>
  (await box.commands.run(['kill', '-0', String(pid)])).exitCode === 0

describe('a process in the background', () => {
  test('outlives the command that started it, and is listed with its pid inside', async () => {
    const started = await detach('echo "$$"; sleep 300')

    expect(await alive(started.pid)).toBe(true)
    expect(await one(started.id)).toMatchObject({ state: 'running', command: expect.any(String) })
    const { stdout } = await stuntdouble.run(['logs', id, started.id])
    expect(stdout).toBe(`${started.pid}\n`)
    expect(await box.commands.kill(started.id)).toBe(true)
    expect(await alive(started.pid)).toBe(false)
  })

  test('is followed to its end, whose exit code comes out', async () => {
    const { id: process } = await detach('echo one; sleep 1; echo two; echo three >&2; exit 9')
    const logs = await stuntdouble.run(['logs', '--follow', id, process])

    expect(logs).toMatchObject({ exitCode: 9, stdout: 'one\ntwo\n', stderr: 'three\n' })
  })

  test('takes input in parts, from whoever finds it again', async () => {
    const first = await box.commands.run('cat; echo done', { background: true, stdin: true })
    await first.sendStdin('one ')
    first.disconnect()
    const second = await box.commands.connect(first.id)
    await second.sendStdin('two ')
    await second.closeStdin()

    expect(await second.wait()).toEqual({ stdout: 'one two done\n', stderr: '', exitCode: 0 })
  })

  test('has a terminal where it asked for one, and its size', async () => {
    const tty = { cols: 81, rows: 25 }
    let said = ''
    const shell = await box.commands.run('stty size; read line; stty size', {
      ...{ background: true, tty },
      onStdout: (text) => {
        said += text
      },
    })
    await expect.poll(() => said).toContain('25 81')
    await shell.resize(120, 40)
    await shell.sendStdin('\r')

    expect((await shell.wait()).stdout).toMatch(/^25 81\r\n\r?\n?40 120\r\n$/)
  })

  test('ends with all it started, also what ignores signals and left its session', async () => {
    const tree = 'trap "" TERM INT; setsid sleep 400 & sleep 401 & echo ready; wait; wait'
    const process = await box.commands.run(tree, { background: true })
    await expect
      .poll(async () => (await box.commands.read(process.id)).stdout.text)
      .toContain('ready')
    await box.commands.kill(process.id)
    const left = await box.commands.run('pgrep -f "sleep 40[01]" || ps -ef | grep "[s]leep 40[01]"')

    expect(left.stdout).toBe('')
  })

  test('that says much is kept at its end, and tells how much is gone', async () => {
    const noisy = await box.commands.run('seq 1 1000000', { background: true })
    noisy.disconnect()
    await expect.poll(async () => (await one(noisy.id))?.state, { timeout: 60_000 }).toBe('ended')
    const again = await box.commands.connect(noisy.id)
    const { stdout, truncated } = await again.wait()

    expect(truncated).toBe(true)
    expect(again.droppedBytes + Buffer.byteLength(stdout)).toBe(6_888_896)
    expect(stdout.endsWith('999999\n1000000\n')).toBe(true)
  })

  test('of an orchestrator that was killed is lost, and told to be', async () => {
    const started = await detach('echo before; sleep 300')
    const noisy = await detach('while :; do echo x; date +%s > /tmp/alive; sleep 0.05; done')
    await stuntdouble.stopOrchestrator('SIGKILL')

    expect(await one(started.id)).toMatchObject({ state: 'lost', pid: started.pid })
    const logs = await stuntdouble.run(['logs', id, started.id])
    expect(logs.stderr).toContain('has ended since')
    const after = await detach(`kill ${started.pid}; kill ${noisy.pid}`)
    expect((await one(after.id))?.state).not.toBe('lost')
  })
})

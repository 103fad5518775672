import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox, SandboxInfo } from 'e2b'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clients, openClients } from './e2b/clients.ts'
import { type SandboxClass, versions } from './e2b/versions.ts'

let clients: Clients
beforeAll(async () => {
  clients = await openClients()
})
afterAll(async () => {
  await clients?.[Symbol.asyncDispose]()
})

/** A page of them; version 1 has no pages. */
async function listed(Class: SandboxClass, options: Parameters<SandboxClass['list']>[0]) {
  const list = await Class.list(options)
  return Array.isArray(list) ? (list as SandboxInfo[]) : await list.nextItems()
}

describe.each(versions)('e2b $name', ({ load, by }) => {
  const client = () => clients.options(by)
  let Class: SandboxClass
  let box: Sandbox
  beforeAll(async () => {
    Class = await load()
    box = await Class.create('small', {
      ...{ ...client(), timeoutMs: 600_000 },
      ...{ metadata: { for: 'the test' }, envs: { FROM_CREATE: 'yes' } },
    })
  })
  afterAll(async () => {
    if (box) await box.kill()
  })

  test('creates, tells, lists, finds and connects', async () => {
    const info = await box.getInfo()
    const ours = await listed(Class, { ...client(), query: { metadata: { for: 'the test' } } })
    const others = await listed(Class, { ...client(), query: { metadata: { for: 'others' } } })
    const again = await Class.connect(box.sandboxId, client())

    expect(info).toMatchObject({ sandboxId: box.sandboxId, templateId: 'small' })
    expect(info.metadata).toEqual({ for: 'the test' })
    // Version 1 has no words for it.
    if (by === 'address')
      expect(info).toMatchObject({ cpuCount: 0.5, memoryMB: 512, state: 'running' })
    expect(info.endAt.getTime()).toBeGreaterThan(Date.now() + 500_000)
    expect(ours.map(({ sandboxId }) => sandboxId)).toContain(box.sandboxId)
    expect(others).toEqual([])
    expect(await again.isRunning()).toBe(true)
    expect((await again.commands.run('echo $FROM_CREATE')).stdout).toBe('yes\n')
  })

  test('runs commands to their end, in a directory, with variables', async () => {
    const heard: string[] = []
    const done = await box.commands.run('pwd; echo "$A"; echo err >&2', {
      ...{ cwd: '/tmp', envs: { A: 'b c' }, onStdout: (text: string) => void heard.push(text) },
    })

    expect(done).toMatchObject({ exitCode: 0, stdout: '/tmp\nb c\n', stderr: 'err\n' })
    expect(heard.join('')).toBe('/tmp\nb c\n')
    const failing = box.commands.run('echo out; exit 7')
    await expect(failing).rejects.toMatchObject({
      ...{ name: 'CommandExitError', exitCode: 7, stdout: 'out\n' },
    })
  })

  test('loses nothing of a large output, nor of what is no text', async () => {
    const { stdout } = await box.commands.run('seq 1 300000')

    expect(stdout.length).toBe(1_988_895)
    expect((await box.commands.run("printf '\\u00e9\\xff'")).stdout).toBe('é\ufffd')
  })

  test('ends what runs longer than it may', async () => {
    const started = Date.now()
    await expect(box.commands.run('sleep 60', { timeoutMs: 1000 })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    await expect
      .poll(async () => (await box.commands.list()).some(({ args }) => args.includes('sleep 60')))
      .toBe(false)
    expect(Date.now() - started).toBeLessThan(20_000)
  })

  test('leaves a command in the background, and finds it again', async () => {
    const command = await box.commands.run('echo first; read line; echo "got $line"; exit 3', {
      ...{ background: true, stdin: true },
    })
    const { pid } = command
    await command.disconnect()
    const listed = await box.commands.list()
    expect(listed.find((each) => each.pid === pid)).toMatchObject({ cmd: '/bin/bash' })
    const again = await box.commands.connect(pid)
    await box.commands.sendStdin(pid, 'a line\n')
    await expect(again.wait()).rejects.toMatchObject({
      ...{ exitCode: 3, stdout: expect.stringMatching(/got a line\n$/) },
    })
    expect(await box.commands.kill(pid)).toBe(false)
  })

  test('kills a command with all it started', async () => {
    const command = await box.commands.run('sleep 311 & sleep 312', { background: true })
    expect(await box.commands.kill(command.pid)).toBe(true)
    await expect(command.wait()).rejects.toMatchObject({ name: 'CommandExitError' })
    const { stdout } = await box.commands.run('ps -ef | grep -c "[s]leep 31[12]" || true')
    expect(stdout).toBe('0\n')
  })

  test('writes, reads, lists, moves and removes files', async () => {
    const { files } = box
    const directory = '/workspace/e2b files'
    expect(await files.makeDir(directory)).toBe(true)
    expect(await files.makeDir(directory)).toBe(false)
    await files.write(`${directory}/ü.txt`, 'früh')
    await files.write(`${directory}/bytes`, new Uint8Array([0, 255, 10]).buffer)
    await files.write(`${directory}/deep/er/empty`, '')

    expect(await files.read(`${directory}/ü.txt`)).toBe('früh')
    expect([...(await files.read(`${directory}/bytes`, { format: 'bytes' }))]).toEqual([0, 255, 10])
    expect(await files.read(`${directory}/deep/er/empty`)).toBe('')
    const entries = await files.list(directory)
    expect(entries.map(({ name, type }) => [name, type])).toEqual([
      ['bytes', 'file'],
      ['deep', 'dir'],
      ['ü.txt', 'file'],
    ])
    const moved = await files.rename(`${directory}/bytes`, `${directory}/moved`)
    expect(moved).toMatchObject({ name: 'moved', path: `${directory}/moved` })
    expect(await files.exists(`${directory}/bytes`)).toBe(false)
    expect(await files.exists(`${directory}/moved`)).toBe(true)
    await files.remove(directory)
    expect(await files.exists(directory)).toBe(false)
    await expect(files.read(`${directory}/ü.txt`)).rejects.toThrow(/no "/)
    await expect(files.list('/nowhere')).rejects.toThrow(/no "/)
  })

  test('watches a directory, and what is below it', async () => {
    await box.files.makeDir('/workspace/watched/deep')
    const heard: string[] = []
    const watching = await box.files.watchDir(
      '/workspace/watched',
      ({ name, type }) => void heard.push(`${type} ${name}`),
      { recursive: true, timeoutMs: 60_000 },
    )
    await box.files.write('/workspace/watched/a', 'one')
    await expect.poll(() => heard).toEqual(['create a', 'write a'])
    await box.files.write('/workspace/watched/a', 'two')
    await expect.poll(() => heard.slice(2)).toEqual(['write a'])
    await box.files.rename('/workspace/watched/a', '/workspace/watched/deep/b')
    await expect.poll(() => heard.slice(3)).toEqual(['rename a', 'create deep/b'])
    await box.commands.run('chmod 600 deep/b', { cwd: '/workspace/watched' })
    await expect.poll(() => heard.slice(5)).toEqual(['chmod deep/b'])
    await box.files.remove('/workspace/watched/deep/b')
    await expect.poll(() => heard.slice(6)).toEqual(['remove deep/b'])
    await watching.stop()
    const left = 'ps -ef | grep -c "[/]workspace/watched/" || true'
    await expect.poll(async () => (await box.commands.run(left)).stdout).toBe('0\n')
    await expect(box.files.watchDir('/nowhere', () => {})).rejects.toThrow(/no "/)
  })

  test('tells all of a file, and takes relative paths below the workspace', async () => {
    await box.files.write('relative.sh', '#!/bin/sh\n')
    await box.commands.run('chmod 750 /workspace/relative.sh; ln -sf relative.sh /workspace/link')

    expect(await box.files.getInfo('relative.sh')).toMatchObject({
      ...{ path: '/workspace/relative.sh', size: 10, mode: 0o750, permissions: '-rwxr-x---' },
      ...{ owner: 'agent', group: 'agent', type: 'file' },
    })
    expect(await box.files.getInfo('/workspace/link')).toMatchObject({
      symlinkTarget: 'relative.sh',
    })
  })

  test('writes many files at once, and reads and writes by signed addresses', async () => {
    await box.files.write([
      { path: '/workspace/many/one', data: '1' },
      { path: '/workspace/many/two', data: '2' },
    ])
    expect(await box.files.read('/workspace/many/two')).toBe('2')
    const read = await box.downloadUrl('/workspace/many/one', { useSignatureExpiration: 60 })
    expect(await (await fetch(read)).text()).toBe('1')
    const form = new FormData()
    form.append('file', new Blob(['by address']), 'x')
    const write = await box.uploadUrl('/workspace/many/three')
    expect((await fetch(write, { method: 'POST', body: form })).status).toBe(200)
    expect(await box.files.read('/workspace/many/three')).toBe('by address')
    const forged = read.replace(/many%2Fone/, 'many%2Ftwo')
    expect(forged).not.toBe(read)
    expect((await fetch(forged)).status).toBe(401)
    expect((await fetch(read, { method: 'POST', body: form })).status).toBe(401)
    const late = await box.downloadUrl('/workspace/many/one', { useSignatureExpiration: 1 })
    await sleep(2100)
    expect((await fetch(late)).status).toBe(401)
  })

  test('opens a terminal, types, resizes and closes it', async () => {
    let shown = ''
    const decoder = new TextDecoder()
    const terminal = await box.pty.create({
      ...{ cols: 91, rows: 31, timeoutMs: 60_000 },
      onData: (data) => {
        shown += decoder.decode(data, { stream: true })
      },
    })
    const type = (text: string) => box.pty.sendInput(terminal.pid, new TextEncoder().encode(text))
    await type('stty size; echo $TERM\n')
    await expect.poll(() => shown).toContain('31 91\r\nxterm-256color')
    await box.pty.resize(terminal.pid, { cols: 120, rows: 40 })
    await type('stty size\n')
    await expect.poll(() => shown).toContain('40 120\r\n')
    expect(await box.pty.kill(terminal.pid)).toBe(true)
    await expect(terminal.wait()).rejects.toThrow()
  })

  test('moves its end, either way', async () => {
    await box.setTimeout(30_000)
    const soon = (await box.getInfo()).endAt.getTime()
    expect(soon).toBeLessThan(Date.now() + 31_000)
    await box.setTimeout(500_000)
    expect((await box.getInfo()).endAt.getTime()).toBeGreaterThan(Date.now() + 400_000)
  })

  test('is told what is not served', async () => {
    await expect(box.commands.run('id', { user: 'root' })).rejects.toThrow(/no other user/)
    await expect(box.files.read('/etc/shadow')).rejects.toThrow(/cannot be used/)
    await expect(box.files.write('/etc/profile.d/x.sh', 'x')).rejects.toThrow(/cannot be used/)
    await expect(box.files.read('../proc/1/environ')).rejects.toThrow(/cannot be used/)
    await expect(Class.create('nothing', client())).rejects.toThrow(/no template "nothing"/)
    const wrong = { ...client(), apiKey: 'e2b_0000000000000000000000000000000000000000' }
    await expect(Class.create('small', wrong)).rejects.toThrow(/E2B_API_KEY is not known here/)
  })

  test('is told of the end', async () => {
    const short = await Class.create('written', { ...client(), timeoutMs: 60_000 })
    expect(await short.isRunning()).toBe(true)
    const running = short.commands.run('sleep 50', { background: true })
    const waiting = running.then((command) => command.wait())
    waiting.catch(() => {})
    await running
    expect(await short.kill()).not.toBe(false)

    await expect(waiting).rejects.toThrow()
    expect(await short.isRunning()).toBe(false)
    const after = await short.commands.run('true').catch((cause: Error) => cause.name)
    expect(after).toMatch(/^(TimeoutError|.*NotFoundError)$/)
    await expect(Class.connect(short.sandboxId, client())).rejects.toThrow()
    expect(await Class.kill(short.sandboxId, client())).toBe(false)
  })
})

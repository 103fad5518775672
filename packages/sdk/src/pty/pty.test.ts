import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { openBox } from '../testing/open-box.ts'
import { Pty } from './pty.ts'
import { Shown } from './shown.ts'

const size = { cols: 80, rows: 24 }

const allOf = async (shown: AsyncIterable<Uint8Array>) => {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of shown) text += decoder.decode(bytes, { stream: true })
  return text
}

test('a terminal shows what its program says, takes input, and ends with an exit code', async () => {
  await using box = await openBox()
  await using terminal = await box.pty.create({
    ...size,
    command: 'read line; echo "<$line>"; exit 3',
  })
  await terminal.write('grüße\n')

  expect(await allOf(terminal)).toBe('<grüße>\n')
  expect(await terminal.exit).toBe(3)
})

test('what is shown goes to the listener, where there is one', async () => {
  await using box = await openBox()
  let text = ''
  const onData = (bytes: Uint8Array) => {
    text += new TextDecoder().decode(bytes)
  }
  await using terminal = await box.pty.create({ ...size, command: ['echo', 'hello'], onData })

  expect(await terminal.exit).toBe(0)
  expect(text).toBe('hello\n')
  expect(await allOf(terminal)).toBe('')
})

test('a new size is told', async () => {
  await using box = await openBox()
  await using terminal = await box.pty.create({ ...size, command: 'read line' })
  terminal.resize({ cols: 132, rows: 50 })
  const [first] = await Array.fromAsync({
    async *[Symbol.asyncIterator]() {
      for await (const bytes of terminal) return yield new TextDecoder().decode(bytes)
    },
  })

  expect(first).toBe('size 132x50\n')
})

test('input of many frames arrives whole', async () => {
  await using box = await openBox()
  await using terminal = await box.pty.create({ ...size, command: 'head -c 3000000 | sha256sum' })
  const sent = new Uint8Array(3_000_000).map((_, at) => at % 251)
  await terminal.write(sent)

  expect(await allOf(terminal)).toContain(createHash('sha256').update(sent).digest('hex'))
})

test('what runs is killed, and what is closed takes nothing more', async () => {
  await using box = await openBox()
  const terminal = await box.pty.create({ ...size, command: ['sleep', '60'] })
  terminal.kill()

  expect(await terminal.exit).toBe(137)
  await expect.poll(() => terminal.write('x').catch(({ code }) => code)).toBe('sandbox_gone')
})

test('aborting closes it with the caller’s own reason', async () => {
  await using box = await openBox()
  const abort = new AbortController()
  const { signal } = abort
  const terminal = await box.pty.create({ ...size, command: ['sleep', '60'], signal })
  abort.abort(new Error('enough'))

  await expect(terminal.exit).rejects.toThrow('enough')
  await expect(box.pty.create({ ...size, signal })).rejects.toThrow('enough')
})

test('of a sandbox that has ended the reason is told, which a WebSocket alone would not', async () => {
  await using box = await openBox()
  await box.kill()

  await expect(box.pty.create(size)).rejects.toMatchObject({ code: 'sandbox_gone' })
})

test('nobody at the address is an error that names no token', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const pty = new Pty({ url: `http://127.0.0.1:${port}/s/sd_secret` })

  const refused = await pty.create(size).catch((error) => error)
  expect(refused).toMatchObject({ code: 'orchestrator_unreachable' })
  expect(String(refused)).not.toContain('sd_secret')
})

test('of a reader that falls far behind the newest is kept, and the rest counted', async () => {
  const shown = new Shown()
  for (let piece = 0; piece < 10; piece += 1) shown.add(new Uint8Array(1024 ** 2).fill(piece))
  shown.end()
  const kept = await Array.fromAsync(shown)

  expect(kept.map(([first]) => first)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  expect(shown.droppedBytes).toBe(2 * 1024 ** 2)
})

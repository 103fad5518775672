import { randomBytes } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ProcessStart } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { known } from '../secrets/testing/known.ts'
import type { Commands } from './commands.ts'
import { createFiles } from './files.ts'

interface Script {
  readonly stdout?: string | Buffer
  readonly stderr?: string
  readonly exitCode?: number
  /** In place of an exit code. */
  readonly broken?: Error
}

const secret = 'Winter is coming, twice'
const anySignal = new AbortController().signal
const file = { sandbox: 'sb000000000000', path: '/workspace/dir/name' }

/** Files in a sandbox whose every process says the same; what was started, and what it was given. */
function filesThat({ stdout = '', stderr = '', exitCode = 0, broken }: Script) {
  const started: (readonly string[])[] = []
  const given: Buffer[] = []
  let kills = 0
  const start = async (_sandbox: string, { command }: ProcessStart) => {
    started.push(command as readonly string[])
    const stdin = new PassThrough()
    stdin.on('data', (chunk) => given.push(chunk))
    const kill = async () => void kills++
    const exit = broken ? Promise.reject(broken) : Promise.resolve(exitCode)
    return {
      ...{ stdin, stdout: Readable.from([Buffer.from(stdout)]), kill, resize: async () => {} },
      ...{ stderr: Readable.from([Buffer.from(stderr)]), exit },
    }
  }
  const files = createFiles({ start } as unknown as Commands, known({ stripe: secret }))
  return { files, started, given, kills: () => kills }
}

test('a file is its bytes, whatever they are', async () => {
  const { files } = filesThat({ stdout: 'file 12\nfile 1\nbytes' })
  const content = await files.read(file, anySignal)
  if (Array.isArray(content)) throw new Error('a directory')

  expect(content.size).toBe(12)
  expect(await text(content.body)).toBe('file 1\nbytes')
})

test.each([
  [{ broken: new Error('the connection broke') }, 'the connection broke'],
  [{ exitCode: 1, stderr: 'cat: -: Input/output error\n' }, 'input/output error'],
  [{ exitCode: 137 }, 'file system refuses'],
])('a file’s bytes that end with %j fail instead of ending', async (script, message) => {
  const few = filesThat({ stdout: 'file 12\nhalf', ...script })
  await expect(few.files.read(file, anySignal)).rejects.toThrow(message)

  const many = filesThat({ stdout: `file 100000\n${'x'.repeat(70_000)}`, ...script })
  const content = await many.files.read(file, anySignal)
  if (Array.isArray(content)) throw new Error('a directory')
  await expect(text(content.body)).rejects.toThrow(message)
})

test('a file that shrank is what is left of it, unless its size was told already', async () => {
  const few = await filesThat({ stdout: 'file 100000\nfew' }).files.read(file, anySignal)
  const many = await filesThat({ stdout: `file 100000\n${'x'.repeat(70_000)}` }).files.read(
    ...([file, anySignal] as const),
  )
  if (Array.isArray(few) || Array.isArray(many)) throw new Error('a directory')

  expect([few.size, await text(few.body)]).toEqual([3, 'few'])
  expect(many.size).toBe(100_000)
  await expect(text(many.body)).rejects.toMatchObject({ code: 'conflict' })
})

test('a part is the bytes that were asked for, and where they are', async () => {
  const { files, started } = filesThat({ stdout: 'part 2 4 10\n234' })
  const content = await files.read({ ...file, wanted: { first: 2, last: 4 } }, anySignal)
  if (Array.isArray(content)) throw new Error('a directory')

  expect(started[0]?.slice(-3)).toEqual([file.path, '2', '4'])
  expect(content).toMatchObject({ size: 3, part: { first: 2, last: 4, total: 10 } })
  expect(await text(content.body)).toBe('234')
})

test('a part that became shorter is no part, and one beyond the end is told as such', async () => {
  const [shrunk, beyond] = ['part 2 4 10\n23', 'none 10\n'].map((stdout) => filesThat({ stdout }))
  const wanted = { first: 2 }

  await expect(shrunk?.files.read({ ...file, wanted }, anySignal)).rejects.toMatchObject({
    code: 'conflict',
  })
  await expect(beyond?.files.read({ ...file, wanted }, anySignal)).rejects.toMatchObject({
    ...{ code: 'range_not_satisfiable', details: { size: 10 } },
  })
})

test('a directory is its entries', async () => {
  const { files } = filesThat({ stdout: 'directory\nf\t1\t1.0\ta\0' })

  expect(await files.read(file, anySignal)).toMatchObject([{ name: 'a', type: 'file' }])
})

test('a directory with more entries than can be held is refused, not cut short', async () => {
  const { files } = filesThat({ stdout: `directory\n${'f\t1\t1.0\ta\0'.repeat(200_000)}` })

  await expect(files.read(file, anySignal)).rejects.toMatchObject({
    ...{ code: 'forbidden', message: expect.stringContaining('too many entries') },
  })
})

test.each([
  [{ exitCode: 3 }, 'file_not_found', /no "/],
  [{ exitCode: 1, stderr: 'cat: x: Permission denied\n' }, 'forbidden', /permission denied/],
  [{ exitCode: 1 }, 'forbidden', /file system refuses/],
])('a process that ended with %j is told as %s', async (...[script, code, message]) => {
  const { files } = filesThat(script)
  const told = { code, message: expect.stringMatching(message) }

  await expect(files.read(file, anySignal)).rejects.toMatchObject(told)
  await expect(files.remove(file, anySignal)).rejects.toMatchObject(told)
  await expect(files.write(file, Readable.from([]), anySignal)).rejects.toMatchObject(told)
})

test('a whole body is written beside and renamed', async () => {
  const { files, started, given } = filesThat({ stdout: '5\n' })
  const size = await files.write(file, Readable.from([Buffer.from('hello')]), anySignal)

  expect({ size, given: Buffer.concat(given).toString() }).toEqual({ size: 5, given: 'hello' })
  expect(started).toHaveLength(1)
  expect(started[0]?.slice(-2)).toEqual([
    ...[file.path, expect.stringMatching(/^\/workspace\/dir\/\.upload-[\w-]{43}$/)],
  ])
})

test.each([
  ['as it is', secret],
  ['base64', Buffer.from(`{"a":"${secret}"}`).toString('base64')],
])(
  'a body that holds a registered secret, %s, is refused before any of it is in',
  async (how, text) => {
    const { files, started, given, kills } = filesThat({ stdout: '5\n' })
    const halves = [`${'x'.repeat(70_000)}${text.slice(0, 9)}`, `${text.slice(9)}, and more`]
    const body = Readable.from(halves.map((half) => Buffer.from(half)))

    await expect(files.write(file, body, anySignal)).rejects.toMatchObject({
      code: 'secret_found',
      message: `${file.path} holds the registered secret "stripe", ${how}.`,
    })
    expect(kills()).toBe(1)
    const [writing, discarding] = started
    expect(discarding?.at(-1)).toBe(writing?.at(-1))
    expect(Buffer.concat(given).toString()).toMatch(/^x+$/)
  },
)

test('a body is written as it came, however it is cut into pieces', async () => {
  const bytes = randomBytes(1000)
  const { files, given } = filesThat({ stdout: '1000\n' })
  await files.write(file, Readable.from([...bytes].map((byte) => Buffer.of(byte))), anySignal)

  expect(Buffer.concat(given)).toEqual(bytes)
})

test('a body that breaks off kills its process and takes its partial file along', async () => {
  const { files, started, kills } = filesThat({ stdout: '5\n' })
  const torn = Readable.from(
    (function* () {
      yield Buffer.from('hal')
      throw new Error('torn')
    })(),
  )

  await expect(files.write(file, torn, anySignal)).rejects.toThrow('torn')
  expect(kills()).toBe(1)
  const [writing, discarding] = started
  expect(discarding?.at(-1)).toBe(writing?.at(-1))
  expect(discarding?.join(' ')).toContain('rm -f')
})

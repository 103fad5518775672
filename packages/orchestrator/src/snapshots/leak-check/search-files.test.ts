import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { expect, test } from 'vitest'
import type { Process } from '../../engine/engine.ts'
import { openThreads } from '../threads/threads.ts'
import { LeakCheck } from './leaks.ts'
import { searchFiles } from './search-files.ts'

const never = new AbortController().signal

const answering = (archive: Buffer, exitCode = 0) =>
  printing(Readable.from([archive.subarray(0, 700), archive.subarray(700)]), exitCode)

function printing(stdout: Readable, exitCode: number): Process {
  return {
    stdin: new PassThrough(),
    stdout,
    stderr: Readable.from(['']),
    exit: Promise.resolve(exitCode),
    kill: async () => {},
    resize: async () => {},
  }
}

async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack()
  for (const [name, text] of Object.entries(files)) archive.entry({ name }, text)
  archive.finalize()
  return buffer(archive)
}

const search = (archive: Buffer, exitCode = 0) => searchIn(() => answering(archive, exitCode))

async function searchIn(read: () => Process): Promise<void> {
  await using threads = openThreads([], { count: 1 })
  await searchFiles(
    { directory: '/data', pristine: 'base/1', exec: async () => read() },
    { threads, leaks: new LeakCheck({ capacity: 10 }) },
    never,
  )
}

test('a whole archive is searched', async () => {
  const archive = await archiveOf({ a: 'one', b: 'x'.repeat(5000) })

  await expect(search(archive)).resolves.toBeUndefined()
})

test('a file that changed while it was read is no failure', async () => {
  await expect(search(await archiveOf({ a: 'one' }), 1)).resolves.toBeUndefined()
})

test.each([
  ['in the middle of a file', 900],
  ['between two files', 1024],
  ['before anything came', 0],
])('an archive that is cut off %s is not taken for the whole', async (_, length) => {
  const archive = await archiveOf({ a: 'one', b: 'two' })

  await expect(search(archive.subarray(0, length))).rejects.toMatchObject({
    code: 'snapshot_failed',
  })
})

test('an archive that could not be made is not taken for the whole', async () => {
  await expect(search(await archiveOf({ a: 'one' }), 2)).rejects.toThrow(/exit code 2/)
})

test('an archive whose connection breaks between two files is not waited for', async () => {
  const archive = await archiveOf({ a: 'one', b: 'two' })
  async function* breaking() {
    yield archive.subarray(0, 1024)
    throw new Error('the connection broke')
  }

  await expect(searchIn(() => printing(Readable.from(breaking()), 0))).rejects.toMatchObject({
    code: 'snapshot_failed',
  })
})

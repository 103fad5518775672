import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { extract, pack } from 'tar-stream'
import { SandboxError } from '../errors.ts'
import { tarType } from '../wire/door.ts'
import { answer } from './fake-control.ts'
import { fileNotFound } from './fake-errors.ts'
import type { FakeMachine } from './fake-machine.ts'
import type { Exchange, FakeSandbox } from './fake-state.ts'

/** Trees in and out as one archive, of files and directories. */
export async function archiveAnswer(
  { request, response }: Exchange,
  { machine }: FakeSandbox,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake')
  const path = `/${pathname.split('/').slice(4).map(decodeURIComponent).join('/')}`
  if (request.method === 'PUT')
    return answer(response, await unpack(machine, path, await buffer(request)))
  const tar = await packed(machine, path)
  response.setHeader('content-type', tarType)
  response.end(searchParams.get('format') === 'tar.gz' ? gzipSync(tar) : tar)
}

async function packed(machine: FakeMachine, path: string): Promise<Buffer> {
  const found = await machine.read(path)
  if (!found) throw fileNotFound(path)
  const tar = pack()
  const add = async (at: string, name: string): Promise<void> => {
    const content = await machine.read(at)
    if (!Array.isArray(content)) return void tar.entry({ name }, Buffer.from(content ?? ''))
    tar.entry({ name, type: 'directory' })
    for (const each of content) await add(each.path, posix.join(name, each.name))
  }
  await add(path, Array.isArray(found) ? './' : posix.basename(path))
  tar.finalize()
  return await buffer(tar as unknown as Readable)
}

interface Taken {
  readonly name: string
  readonly type: string | null | undefined
  readonly content: Buffer
}

/** All of it, or nothing. */
async function unpack(machine: FakeMachine, path: string, archive: Buffer) {
  const taken = await entriesOf(archive.readUInt16BE(0) === 0x1f8b ? gunzipSync(archive) : archive)
  for (const { name, type } of taken) {
    const isPlain = type === 'file' || type === 'directory'
    if (!isPlain || posix.isAbsolute(name) || name.split('/').includes('..')) throw refused(name)
  }
  for (const { name, type, content } of taken) {
    const at = posix.join(path, name)
    if (type === 'directory') await machine.makeDirectory(at)
    else await machine.write(at, content)
  }
  const bytes = taken.reduce((sum, { content }) => sum + content.length, 0)
  return { path, entries: taken.length, bytes }
}

async function entriesOf(archive: Buffer): Promise<Taken[]> {
  const taken: Taken[] = []
  const source = extract()
  Readable.from([archive]).pipe(source as unknown as NodeJS.WritableStream)
  try {
    for await (const entry of source) {
      const { name, type } = entry.header
      taken.push({ name, type, content: await buffer(entry as unknown as Readable) })
    }
  } catch {
    throw new SandboxError('usage', 'The body is no tar archive.', { hint: 'Send a tar.' })
  }
  return taken
}

const refused = (name: string) =>
  new SandboxError('policy_refused', `The archive holds "${name}", which is not unpacked.`, {
    hint: 'Send plain files and directories.',
  })

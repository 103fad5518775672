import { posix } from 'node:path'
import type { Experimental_SandboxSession as SandboxSession } from 'ai'
import { SandboxError } from '../errors.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { spawnIn } from './spawn.ts'

const base = '/workspace'
const pathIn = (path: string) => posix.resolve(base, path)

/**
 * A sandbox as the session that the AI SDK hands to tools, as `experimental_sandbox`. It does not end
 * with the session; whoever made it ends it.
 */
export const sandboxSession = (box: Sandbox): SandboxSession => ({
  description: describe(box),
  readFile: ({ path, abortSignal }) => unlessMissing(box.files.readStream(path, abortSignal)),
  readBinaryFile: ({ path, abortSignal }) => bytesOf(box, path, abortSignal),
  async readTextFile({ path, encoding = 'utf-8', startLine = 1, endLine, abortSignal }) {
    const known = checked(encoding)
    const bytes = await bytesOf(box, path, abortSignal)
    if (!bytes) return null
    const text = Buffer.from(bytes).toString(known)
    if (startLine === 1 && endLine === undefined) return text
    return text
      .split('\n')
      .slice(startLine - 1, endLine)
      .join('\n')
  },
  async writeFile({ path, content, abortSignal }) {
    await box.files.write(path, content, abortSignal)
  },
  async writeBinaryFile({ path, content, abortSignal }) {
    await box.files.write(path, new Uint8Array(content), abortSignal)
  },
  async writeTextFile({ path, content, encoding = 'utf-8', abortSignal }) {
    await box.files.write(
      path,
      new Uint8Array(Buffer.from(content, checked(encoding))),
      abortSignal,
    )
  },
  async stat({ path, abortSignal }) {
    const told = await ask(box, ['stat', '-L', '-c', '%s %F', '--', pathIn(path)], abortSignal)
    if (told === null) return null
    const [size = '', kind = ''] = told.trim().split(/ (.*)/)
    const isFile = kind.startsWith('regular')
    const type = isFile ? 'file' : kind === 'directory' ? 'directory' : 'other'
    return { type, size: Number(size) }
  },
  async listDirectory({ path, abortSignal }) {
    const entries = await unlessMissing(box.files.list(path, abortSignal))
    return entries?.map(({ name, type }) => ({ name, type })) ?? null
  },
  async deleteFile({ path, abortSignal }) {
    return (await ask(box, ['rm', '--', pathIn(path)], abortSignal)) !== null
  },
  spawn: spawnIn(box, pathIn),
  async run({ command, workingDirectory = base, env, abortSignal }) {
    const { exitCode, stdout, stderr } = await box.commands.run(command, {
      cwd: pathIn(workingDirectory),
      ...(env && { env }),
      ...(abortSignal && { signal: abortSignal }),
    })
    return { exitCode, stdout, stderr }
  },
})

function describe({ databases }: Sandbox): string {
  const names = Object.entries(databases).map(([name, { url }]) => `${name} at ${url}`)
  const data = names.length > 0 ? ` Databases, masked copies: ${names.join(', ')}.` : ''
  return `A stunt double of production: Linux, user "agent", files in ${base}. What is in it may be changed and wrecked; production does not notice. There is no way out but what its owner opened.${data}`
}

async function bytesOf(box: Sandbox, path: string, signal: AbortSignal | undefined) {
  const body = await unlessMissing(box.files.readStream(path, signal))
  return body && new Uint8Array(await new Response(body).arrayBuffer())
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof SandboxError && error.code === 'file_not_found') return null
    throw error
  }
}

/** What a small program says of a path; null where there is none. */
async function ask(box: Sandbox, command: readonly string[], signal: AbortSignal | undefined) {
  const env = { LC_ALL: 'C' }
  const { exitCode, stdout, stderr } = await box.commands.run(command, {
    ...{ env, ...(signal && { signal }) },
  })
  if (exitCode === 0) return stdout
  if (stderr.includes('No such file or directory')) return null
  throw new SandboxError('usage', stderr.trim(), { hint: 'Look at it with `ls -la`.' })
}

function checked(encoding: string): BufferEncoding {
  if (Buffer.isEncoding(encoding)) return encoding
  throw new SandboxError('usage', `"${encoding}" is not an encoding that is known here.`, {
    hint: 'Use utf-8, utf16le, latin1, ascii, base64 or hex; or read the bytes.',
  })
}

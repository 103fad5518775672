import type { Readable } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { FileRef, Files } from '../files.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A file that is text, whole. Throws `file_not_found`, `forbidden`, and `usage` for what is none. */
export async function textOf(
  files: Files,
  file: FileRef,
  { limitBytes, signal }: { readonly limitBytes: number; readonly signal: AbortSignal },
): Promise<string> {
  const { size, body } = await contentOf(files, file, signal)
  const chunks: Buffer[] = []
  let read = 0
  for await (const chunk of body) {
    read += chunk.length
    if (read > limitBytes) throw tooLong(file.path, Math.max(size, read))
    chunks.push(chunk)
  }
  return decoded(file.path, Buffer.concat(chunks))
}

/** Throws for a directory. Read the body to its end or destroy it. */
export async function contentOf(
  files: Files,
  file: FileRef,
  signal: AbortSignal,
): Promise<{ readonly size: number; readonly body: Readable }> {
  const content = await files.read(file, signal)
  if (Array.isArray(content)) throw isDirectory(file.path)
  return content
}

/** Throws `usage` for bytes that are no UTF-8, or hold a NUL. */
export function decoded(path: string, bytes: Buffer): string {
  if (bytes.includes(0)) throw notText(path)
  try {
    return decoder.decode(bytes)
  } catch {
    throw notText(path)
  }
}

const isDirectory = (path: string) =>
  new SandboxError('usage', `"${path}" is a directory.`, { hint: 'Use list_files for it.' })

const notText = (path: string) =>
  new SandboxError('usage', `"${path}" is not UTF-8 text.`, {
    hint: 'Look at it with run_command, such as with `file` or `xxd | head`.',
  })

const tooLong = (path: string, size: number) =>
  new SandboxError('usage', `"${path}" has ${size} bytes: too many to be edited here.`, {
    hint: 'Change it with run_command, such as with `sed -i`.',
  })

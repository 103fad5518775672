import * as door from '../door/door.ts'
import type { Connection, RequestBody } from '../http/connection.ts'
import type { FileEntry, FileWritten } from '../wire/door.ts'

/** Files in the sandbox. A relative path is one in /workspace. */
export class Files {
  readonly #door: Connection

  constructor(connection: Connection) {
    this.#door = connection
  }

  async read(path: string): Promise<Uint8Array> {
    return new Uint8Array(await new Response(await this.readStream(path)).arrayBuffer())
  }

  async readText(path: string): Promise<string> {
    return await new Response(await this.readStream(path)).text()
  }

  /** For what is too large to hold. */
  readStream(path: string, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return door.readFile(this.#door, path, signal)
  }

  /** Makes the directories above it and replaces what was there. */
  write(path: string, content: RequestBody, signal?: AbortSignal): Promise<FileWritten> {
    return door.writeFile(this.#door, path, { body: content, signal })
  }

  list(path = '.', signal?: AbortSignal): Promise<readonly FileEntry[]> {
    return door.listDirectory(this.#door, path, signal)
  }

  /** Removes a file, or a directory and all that is in it. */
  remove(path: string): Promise<void> {
    return door.removeFile(this.#door, path)
  }

  async exists(path: string): Promise<boolean> {
    return (await this.type(path)) !== undefined
  }

  type(path: string): Promise<'file' | 'directory' | undefined> {
    return door.fileType(this.#door, path)
  }
}

import * as door from '../door/door.ts'
import type { Connection, RequestBody } from '../http/connection.ts'
import type { FileEntry, FileWritten } from '../wire/door.ts'
import type { ArchiveUnpacked, FileChange, FileInfo } from '../wire/files.ts'

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

  /** So many bytes from an offset on, or fewer where the file ends before. */
  readPart(path: string, part: door.FilePart): Promise<Uint8Array> {
    return door.readPart(this.#door, path, part)
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

  /** Of the name itself: a link is told as one. */
  getInfo(path: string, signal?: AbortSignal): Promise<FileInfo> {
    return door.statFile(this.#door, path, signal)
  }

  /** A file or a directory. Replaces a file, not a directory that holds something; makes the directories above. */
  rename(from: string, to: string): Promise<FileInfo> {
    return door.moveFile(this.#door, from, to)
  }

  /** With those above it. False where it was there already. */
  async makeDir(path: string): Promise<boolean> {
    return (await door.makeDirectory(this.#door, path)).created
  }

  /**
   * What changes in a directory, as it is seen five times a second: what comes and goes in between is
   * not. Resolves once it is watched. Stop reading, or abort, to end it; while it is open the sandbox
   * is in use.
   */
  watch(
    path = '.',
    options: door.WatchDirectoryOptions = {},
  ): Promise<AsyncGenerator<FileChange, void, undefined>> {
    return door.watchDirectory(this.#door, path, options)
  }

  /** A directory with all it holds, or a file, as one tar. What is in it is an agent’s: look before you unpack it. */
  archive(path = '.', options?: door.ArchiveOptions): Promise<ReadableStream<Uint8Array>> {
    return door.packArchive(this.#door, path, options)
  }

  /**
   * Unpacks a tar, as it is or with gzip, into a directory, which is made. Names that are there are
   * replaced. One that leads out of it, or holds a registered secret, is refused, all of it.
   */
  unpack(path: string, content: RequestBody, signal?: AbortSignal): Promise<ArchiveUnpacked> {
    return door.unpackArchive(this.#door, path, { body: content, signal })
  }

  async exists(path: string): Promise<boolean> {
    return (await this.type(path)) !== undefined
  }

  type(path: string): Promise<'file' | 'directory' | undefined> {
    return door.fileType(this.#door, path)
  }
}

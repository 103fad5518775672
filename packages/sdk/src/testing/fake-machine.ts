import type { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { ExecRequest, FileEntry } from '../wire/door.ts'
import type { FileInfo } from '../wire/files.ts'

export type FakeStart = Pick<ExecRequest, 'command' | 'cwd' | 'env'>

/** What runs: emits `close` with an exit code or a signal once all it said was read. */
export interface FakeChild extends EventEmitter {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  readonly pid?: number | undefined
  /** False when it had ended before. */
  kill(signal?: NodeJS.Signals): boolean
}

/** What stands for the inside of a sandbox. Paths are absolute, and those of the inside. */
export interface FakeMachine {
  /** `sandbox` is the id of the one it is run in. */
  spawn(start: FakeStart, sandbox: string): FakeChild
  /** Bytes of a file, entries of a directory, or undefined for what is not there. */
  read(path: string): Promise<Uint8Array | FileEntry[] | undefined>
  /** Makes the directories above it. Throws `forbidden` where a directory or a file is in the way. */
  write(path: string, content: Uint8Array): Promise<void>
  /** Undefined for what is not there. */
  stat(path: string): Promise<FileInfo | undefined>
  /** False when it was there. Throws `usage` where a file is in the way. */
  makeDirectory(path: string): Promise<boolean>
  /** False when it was not there. Makes the directories above; throws `forbidden` for a directory in the way that holds something. */
  move(from: string, to: string): Promise<boolean>
  /** False when it was not there. */
  remove(path: string): Promise<boolean>
  /** One of the same files, for itself from then on; nothing runs in it. */
  copy(): FakeMachine
}

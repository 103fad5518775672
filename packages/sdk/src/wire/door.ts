import { z } from 'zod'
import { CredentialView } from './credential.ts'
import { EgressGrant } from './egress.ts'
import { DatabaseView, FilesView, SandboxState, ServiceView } from './sandbox.ts'
import { SandboxId, Timestamp } from './units.ts'

/** The gateway’s faces: everything behind a hand-over URL. */

const Environment = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(131_072))

/** A shell line is run by `bash -lc`; an argv array is run as it is. */
export const Command = z.union([
  z.string().min(1).max(131_072),
  z.array(z.string()).min(1).max(1024),
])

export const ExecRequest = z.strictObject({
  command: Command,
  cwd: z.string().startsWith('/').default('/workspace'),
  env: Environment.default({}),
  timeoutMs: z.int().positive().max(86_400_000).default(600_000),
})
export type ExecRequest = z.infer<typeof ExecRequest>
export type ExecInput = z.input<typeof ExecRequest>

/** `truncated` when a stream passed the limit of 8 MiB; the rest is dropped, not the command. */
export const ExecResult = z.object({
  stdout: z.string(),
  stderr: z.string(),
  exitCode: z.int(),
  truncated: z.boolean().optional(),
})
export type ExecResult = z.infer<typeof ExecResult>

/** With `Accept: application/x-ndjson`: output as it comes, base64 because it may be any bytes. */
export const ExecLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stdout'), data: z.base64() }),
  z.object({ type: z.literal('stderr'), data: z.base64() }),
  z.object({ type: z.literal('exit'), exitCode: z.int() }),
  z.object({ type: z.literal('error'), problem: z.unknown() }),
])
export type ExecLine = z.infer<typeof ExecLine>

/**
 * WebSocket at `<url>/process`. First a text frame with a ProcessStart; then binary frames whose first
 * byte is the channel (0 stdin, 1 stdout, 2 stderr), and text frames with a ProcessControl.
 */
export const ProcessStart = z.strictObject({
  command: Command.optional().meta({ description: 'A login shell when left out.' }),
  cwd: z.string().startsWith('/').default('/workspace'),
  env: Environment.default({}),
  timeoutMs: z.int().positive().max(86_400_000).optional(),
  tty: z
    .strictObject({ cols: z.int().min(1).max(1000), rows: z.int().min(1).max(1000) })
    .optional(),
})
export type ProcessStart = z.infer<typeof ProcessStart>
export type ProcessStartInput = z.input<typeof ProcessStart>

export const channel = { stdin: 0, stdout: 1, stderr: 2 } as const

/** From the client: resize, eof, kill. From the server: exit or error, then the socket closes. */
export const ProcessControl = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('resize'),
    cols: z.int().min(1).max(1000),
    rows: z.int().min(1).max(1000),
  }),
  z.object({ type: z.literal('eof') }),
  /** SIGKILL when no signal is named. */
  z.object({
    type: z.literal('kill'),
    signal: z.enum(['SIGINT', 'SIGTERM', 'SIGKILL']).optional(),
  }),
  z.object({ type: z.literal('exit'), exitCode: z.int() }),
  z.object({ type: z.literal('error'), problem: z.unknown() }),
])
export type ProcessControl = z.infer<typeof ProcessControl>

export const FileEntry = z.object({
  name: z.string(),
  path: z.string(),
  type: z.enum(['file', 'directory', 'symlink', 'other']),
  size: z.int(),
  modifiedAt: Timestamp,
})
export type FileEntry = z.infer<typeof FileEntry>
/** `GET files/<path>` of a directory. */
export const DirectoryListing = z.object({ path: z.string(), entries: z.array(FileEntry) })
export type DirectoryListing = z.infer<typeof DirectoryListing>
export const FileWritten = z.object({ path: z.string(), size: z.int() })
export type FileWritten = z.infer<typeof FileWritten>
/** Says on `GET files/<path>` whether a file or a directory follows. */
export const fileTypeHeader = 'x-stuntdouble-type'
export const tarType = 'application/x-tar'

/** `GET <url>` for programs. */
export const Welcome = z.object({
  id: SandboxId,
  state: SandboxState,
  expiresAt: Timestamp,
  idleAt: Timestamp,
  /** Until it ends if nobody uses it again, when this was told. */
  secondsLeft: z.int().optional(),
  message: z.string(),
  workspace: z.object({ path: z.string(), user: z.string() }),
  databases: z.record(z.string(), DatabaseView),
  egress: z.array(EgressGrant).default([]),
  credentials: z.record(z.string(), CredentialView).default({}),
  files: z.record(z.string(), FilesView).default({}),
  services: z.record(z.string(), ServiceView).default({}),
  links: z.record(
    z.string(),
    z.object({ method: z.string(), href: z.string(), description: z.string() }),
  ),
})
export type Welcome = z.infer<typeof Welcome>

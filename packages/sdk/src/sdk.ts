export { canonicalJson } from './canonical-json.ts'
export { ControlClient, type ControlOptions } from './control/control.ts'
export type { CommandOptions, ProcessPiece } from './door/door.ts'
export * from './errors.ts'
export type { Pty, Terminal, TerminalOptions, TerminalSize } from './pty/pty.ts'
export { verifyReceipt } from './receipt/verify-receipt.ts'
export type { BackgroundCommand, OutputListeners } from './sandbox/background-command.ts'
export type {
  BackgroundOptions,
  Commands,
  ProcessHandle,
  StartOptions,
} from './sandbox/commands.ts'
export type { QueryOptions, SandboxDatabase, SqlValue } from './sandbox/database.ts'
export type { Files } from './sandbox/files.ts'
export {
  type ConnectOptions,
  type CreateOptions,
  Sandbox,
  type SandboxReport,
} from './sandbox/sandbox.ts'
export type {
  BlueprintInput,
  ChangedFile,
  DatabaseView,
  ExecResult,
  FileChange,
  FileEntry,
  FileInfo,
  Handover,
  LocalDatabase,
  OnProgress,
  ProcessOutputPage,
  ProcessView,
  Progress,
  QueryResult,
  Receipt,
  SandboxEvent,
  SandboxMetrics,
  SandboxView,
  WorkspaceChanges,
} from './wire/wire.ts'

import { SandboxError } from '../errors.ts'
import type { WorkspaceLimits } from './pack-workspace.ts'

export const workspaceTooLarge = (
  found: WorkspaceLimits & { readonly largest: string },
  allowed: WorkspaceLimits,
) =>
  new SandboxError(
    'workspace_too_large',
    `The workspace has ${found.entries} files of ${mebibytes(found.bytes)} MiB; allowed are ` +
      `${allowed.entries} of ${mebibytes(allowed.bytes)} MiB.`,
    { hint: `Name what need not go along in .gitignore; the largest file is ${found.largest}.` },
  )

export const workspaceUnreadable = (directory: string, cause: unknown) =>
  new SandboxError('blueprint_invalid', `workspace.from: ${directory} cannot be read.`, {
    hint: 'Name a directory that exists, relative to the blueprint.',
    cause,
  })

export const workspaceEscapes = (from: string) =>
  new SandboxError('policy_refused', `workspace.from: ${from} is not below the blueprint.`, {
    hint: 'A blueprint may copy its own directory or one below it, and nothing else.',
  })

const mebibytes = (bytes: number) => Math.ceil(bytes / 1024 ** 2)

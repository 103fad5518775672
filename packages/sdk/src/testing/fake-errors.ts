import { SandboxError } from '../errors.ts'
import type { Receipt } from '../wire/receipt.ts'

/** The codes are the orchestrator’s; the contract compares them. */

export const sandboxNotFound = (id: string) =>
  new SandboxError('sandbox_not_found', `No sandbox "${id}".`, { hint: 'Run `sandbox ls`.' })

export const sandboxGone = ({ id, reason, endedAt }: Receipt) =>
  new SandboxError('sandbox_gone', `Sandbox "${id}" has ended at ${endedAt} (${reason}).`, {
    hint: 'Make a new one.',
    details: { sandbox: id, reason, endedAt },
  })

export const unknownToken = () =>
  new SandboxError('unauthorized', 'This address or token opens no sandbox.', {
    hint: 'Use the whole address.',
  })

export const isPaused = (id: string) =>
  new SandboxError('conflict', `Sandbox "${id}" is paused.`, {
    hint: 'Resume it.',
    details: { state: 'paused' },
  })

export const notEnded = (id: string) =>
  new SandboxError('conflict', `Sandbox "${id}" has not ended, so there is no receipt yet.`, {
    hint: 'End it.',
    retryable: true,
  })

export const hasPassed = () =>
  new SandboxError('usage', 'A sandbox cannot be extended until then: that has passed.', {
    hint: 'Name a moment to come.',
  })

export const wasRolledBack = (to: string) =>
  new SandboxError('conflict', `The sandbox was rolled back to "${to}", and this ended with it.`, {
    hint: 'Start it again.',
  })

export const checkpointExists = (name: string) =>
  new SandboxError('conflict', `There is a checkpoint "${name}" already.`, {
    hint: 'Choose another name.',
  })

export const checkpointNotFound = (id: string, name = '') =>
  new SandboxError('checkpoint_not_found', `Sandbox "${id}" has no checkpoint "${name}".`, {
    hint: 'Make one.',
  })

export const databaseNotFound = (id: string, name: string) =>
  new SandboxError('database_not_found', `Sandbox "${id}" has no database "${name}".`, {
    hint: 'Name one under `data:` in its blueprint.',
  })

export const processNotFound = (id: string) =>
  new SandboxError('process_not_found', `There is no process "${id}".`, { hint: 'List them.' })

export const takesNoInput = () =>
  new SandboxError('conflict', 'The process reads no input from here.', {
    hint: 'Start it with `stdin: true` to write to it.',
  })

export const fileNotFound = (path: string) =>
  new SandboxError('file_not_found', `No file ${path}.`, { hint: 'List its directory.' })

export const memberNotFound = (id: string, name: string) =>
  new SandboxError('address_not_found', `Sandbox "${id}" runs no "${name}".`, { hint: 'Name one.' })

export const notADirectory = (path: string) =>
  new SandboxError('usage', `${path} is not a directory.`, { hint: 'Name a directory.' })

export const noSuchRange = (path: string, size: number) =>
  new SandboxError('range_not_satisfiable', `${path} has ${size} bytes, and none of those.`, {
    hint: 'Ask for bytes that it has.',
    details: { size },
  })

export const commandTimedOut = (timeoutMs: number) =>
  new SandboxError('timed_out', `The command was ended after ${timeoutMs} ms.`, {
    hint: 'Give it more time.',
  })

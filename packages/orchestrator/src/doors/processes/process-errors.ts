import { SandboxError } from '@stuntdouble/sdk/errors'

export const processNotFound = (id: string) =>
  new SandboxError('process_not_found', `There is no process "${id}" to be asked about.`, {
    hint: 'List them first; one that ended is forgotten after ten minutes, or when many ended since.',
  })

export const tooManyProcesses = (most: number) =>
  new SandboxError('capacity', `${most} processes run in the background of this sandbox already.`, {
    hint: 'End one of them, or wait until one has ended.',
  })

export const takesNoInput = () =>
  new SandboxError('conflict', 'The process reads no input from here.', {
    hint: 'Start it with `stdin: true` to write to it; what has ended, or had its input closed, takes none.',
  })

export const hasEnded = () =>
  new SandboxError('conflict', 'The process has ended.', {
    hint: 'Its last output and its exit code can still be read.',
  })

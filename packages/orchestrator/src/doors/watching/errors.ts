import { SandboxError } from '@stuntdouble/sdk/errors'

export const tooManyToWatch = (path: string) =>
  new SandboxError('capacity', `"${path}" holds too many entries to watch.`, {
    hint: 'Watch a directory below it, or not recursively.',
  })

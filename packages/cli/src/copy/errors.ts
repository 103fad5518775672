import { SandboxError } from '@stuntdouble/sdk/errors'

export const notThere = (path: string) =>
  new SandboxError('file_not_found', `There is no ${path} in the sandbox.`, {
    hint: 'A relative path is one in /workspace.',
  })

export const hostileName = () =>
  new SandboxError(
    'policy_refused',
    'The sandbox names a file in a way that leads out of its directory.',
    {
      hint: 'Do not copy from it; look at it with `sandbox exec` instead.',
    },
  )

export const endless = (most: number) =>
  new SandboxError('policy_refused', `It holds more than ${most} files, or is nested too deeply.`, {
    hint: 'Pack it inside with tar, and copy the archive.',
  })

export const tooLarge = () =>
  new SandboxError('policy_refused', 'It holds more than 4 GiB; nothing of it was kept.', {
    hint: 'Copy parts of it.',
  })

export const inTheWay = (path: string) =>
  new SandboxError('conflict', `${path} is in the way: one is a directory, and the other is not.`, {
    hint: 'Remove it, or copy to another name.',
  })

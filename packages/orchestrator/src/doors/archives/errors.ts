import { SandboxError } from '@stuntdouble/sdk/errors'

export const notAnArchive = (cause?: unknown) =>
  new SandboxError('usage', 'The body is no tar archive, or breaks off.', {
    hint: 'Send a POSIX tar, as it is or with gzip; nothing was written.',
    cause,
  })

export const entryRefused = (name: string, why: string) =>
  new SandboxError('policy_refused', `The archive holds "${name.slice(0, 200)}", ${why}.`, {
    hint: 'Plain files, directories and links among them are taken; nothing was written.',
    details: { file: name.slice(0, 200) },
  })

export const archiveTooLarge = (what: string) =>
  new SandboxError('workspace_too_large', `The archive holds more than ${what}.`, {
    hint: 'Send it in parts; nothing was written.',
  })

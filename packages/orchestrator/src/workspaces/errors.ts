import { SandboxError } from '@stuntdouble/sdk/errors'

export const workspaceNotFound = (id: string) =>
  new SandboxError('workspace_not_found', `No uploaded workspace "${id}".`, {
    hint: 'Uploads are kept for an hour; upload the directory again with PUT /v1/workspaces.',
  })

export const unpackFailed = () =>
  new SandboxError('engine_failed', 'The workspace could not be unpacked inside the sandbox.', {
    hint: 'Is there a `tar` in the workspace image, and room in its volume? Try without `workspace.from`.',
  })

export const notAnArchive = (cause: unknown) =>
  new SandboxError('usage', 'The uploaded workspace is not a tar archive.', {
    hint: 'Send a POSIX tar, not compressed, as application/x-tar.',
    cause,
  })

export const entryRefused = (name: string, why: string) =>
  new SandboxError('policy_refused', `The workspace holds "${name}", ${why}.`, {
    hint: 'Remove it or list it in .gitignore, then try again; nothing was created.',
    details: { file: name },
  })

export const tooLarge = (what: string) =>
  new SandboxError('workspace_too_large', `The workspace holds more than ${what}.`, {
    hint: 'Point `workspace.from` at a smaller directory, or list build output in .gitignore.',
  })

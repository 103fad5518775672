import { SandboxError } from '@stuntdouble/sdk/errors'

export const unreadable = (path: string) =>
  new SandboxError('usage', `${path} cannot be understood; it was left as it is.`, {
    hint: 'Correct it, or add what `sandbox mcp install --print` prints yourself.',
  })

export const otherEntry = (path: string, entry: string) =>
  new SandboxError('conflict', `${path} has another ${entry}; it was left as it is.`, {
    hint: 'Remove that part and run this again, or change it to what `--print` prints.',
  })

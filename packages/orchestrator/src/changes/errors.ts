import { SandboxError } from '@stuntdouble/sdk/errors'

export const tooMuchToCompare = (what: string) =>
  new SandboxError('workspace_too_large', `The workspace holds more than ${what} now.`, {
    hint: 'Remove build output inside, or list it in the .gitignore that goes in; `sandbox cp` takes single directories.',
  })

export const notComparable = (cause?: unknown) =>
  new SandboxError('engine_failed', 'The workspace could not be read or compared.', {
    hint: 'Is there a `find` and a GNU `tar` in the workspace image? Try again when less goes on inside.',
    retryable: true,
    cause,
  })

export const comparisonTimedOut = (seconds: number) =>
  new SandboxError('timed_out', `The workspace was not compared within ${seconds} s.`, {
    hint: 'Something inside may hold it up; `sandbox exec ID -- ps aux` shows what runs.',
  })

export const carriesCanary = () =>
  new SandboxError('policy_refused', 'The workspace holds a canary of the sandbox.', {
    hint: 'Something inside took up planted secrets; `sandbox inspect ID` shows the alarm. Nothing is taken from it.',
  })

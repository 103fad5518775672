import { SandboxError } from '@stuntdouble/sdk/errors'

export const refused = (path: string, why: string) =>
  new SandboxError('policy_refused', `The sandbox offers "${path}", ${why}.`, {
    hint: 'Nothing was changed here. Read it with `sandbox diff ID`; remove it inside, then pull again.',
  })

export const noRepository = (directory: string) =>
  new SandboxError('usage', `${directory} is in no git repository with a commit.`, {
    hint: 'Pull where the workspace came from, or take a patch: `sandbox pull ID --patch work.patch`.',
  })

export const doesNotApply = () =>
  new SandboxError('conflict', 'The changes do not fit the last commit here.', {
    hint: 'Commit what you had not when the sandbox was made and pull again, or take a patch with --patch FILE.',
  })

export const branchExists = (branch: string) =>
  new SandboxError('conflict', `There is a branch ${branch} already.`, {
    hint: 'Remove it with `git branch -D`, or name another with --branch.',
  })

export const notABranch = (branch: string) =>
  new SandboxError('usage', `"${branch}" cannot be the name of a branch.`, {
    hint: 'Such as stuntdouble/fix-login.',
  })

export const tooLarge = () =>
  new SandboxError('policy_refused', 'The patch is larger than 1 GB, and was not taken.', {
    hint: 'Copy single directories with `sandbox cp`, or remove build output inside.',
  })

export const fileExists = (path: string, cause: unknown) =>
  new SandboxError('conflict', `${path} cannot be written, or is there already.`, {
    hint: 'Name another file, or remove it first.',
    cause,
  })

export const notAPatch = () =>
  new SandboxError(
    'policy_refused',
    'What came out of the sandbox is no patch that git can read.',
    {
      hint: 'Nothing was changed here. Look at it with `sandbox diff ID`.',
    },
  )

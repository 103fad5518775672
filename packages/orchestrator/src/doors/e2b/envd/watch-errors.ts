import { SandboxError } from '@stuntdouble/sdk/errors'

export const watchedLongEnough = () =>
  new SandboxError('timed_out', 'The time for watching is over.', {
    hint: 'Watch again, with a longer time.',
  })

export const tooManyWatchers = (limit: number) =>
  new SandboxError('capacity', `A sandbox has ${limit} watchers at most, and this one has them.`, {
    hint: 'Remove one that is not asked any more.',
  })

/** Whether it never was, was forgotten, or is of another sandbox: the same. */
export const watcherNotFound = () =>
  new SandboxError('address_not_found', 'There is no such watcher, or it was forgotten.', {
    hint: 'Make one; those that were not asked for longest are forgotten when room is short.',
    details: { connectCode: 'not_found' },
  })

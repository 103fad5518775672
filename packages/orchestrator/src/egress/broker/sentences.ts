import type { Sentences } from '../denial.ts'

const stop = 'Do not retry.'

/** What a program reads about credentials that it does not hold. */
export const brokerSentences = {
  placeholder_misplaced: {
    message: (target) =>
      `A placeholder of a credential stands where it does not belong, on the way to ${target}. The operator was told.`,
    hint: () =>
      `${stop} A placeholder works in its own header, for its own host, methods and paths, by https; the hand-over URL names them.`,
  },
  lease_over: {
    message: () => 'This sandbox’s lease is over, and its credentials with it; nothing was sent.',
    hint: () => `${stop} A new sandbox has them again.`,
  },
  credential_unavailable: {
    message: () => 'The operator’s credential could not be read; nothing was sent.',
    hint: () => 'The operator sees why with `sandbox inspect`. Ask again later.',
  },
  credential_echoed: {
    message: (target) => `${target} answered with the credential itself; the answer was held back.`,
    hint: () => `${stop} The operator was told.`,
  },
  answer_unreadable: {
    message: (target) =>
      `${target} answered in an encoding or in a part, though neither was asked for; it cannot be read for credentials, so it was held back.`,
    hint: () => `${stop} Ask for another resource of that host.`,
  },
  not_trusted: {
    message: (target) => `The certificate of ${target} is not trusted; nothing was sent.`,
    hint: () =>
      `${stop} Where the host has an authority of its own, the operator names its file as \`ca:\` of the credential.`,
  },
} satisfies Partial<Record<string, Sentences>>

import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Isolation } from '@stuntdouble/sdk/wire'

const hints: Readonly<Record<Isolation, string>> = {
  runc: 'Register runc with the engine under its usual name.',
  gvisor:
    'Register runsc in the engine’s daemon.json with "runtimeArgs": ["--network=host"], and have the engine read it (SIGHUP); docs/isolation.md has the lines.',
  kata: 'Register a Kata runtime named "kata" in the engine’s daemon.json, and have the engine read it (SIGHUP).',
}

export const isolationUnavailable = (isolation: Isolation) =>
  new SandboxError('policy_refused', `The engine has no runtime for \`isolation: ${isolation}\`.`, {
    hint: `${hints[isolation]} \`sandbox doctor\` shows which there are.`,
    details: { key: ['isolation'] },
  })

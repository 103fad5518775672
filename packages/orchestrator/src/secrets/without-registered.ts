import { SandboxError } from '@stuntdouble/sdk/errors'
import { longest } from '../fingerprints/fingerprints.ts'
import type { Registered } from './registered.ts'

/**
 * Passes on what holds no registered secret, and throws `secret_found` at the first one. Nothing of it has
 * been passed on by then: as much as may be the beginning of one is held back until more is there.
 */
export async function* withoutRegistered(
  registered: Registered,
  path: string,
  body: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of body) {
    const bytes = Buffer.concat([held, chunk])
    registered.search(bytes, ({ name, encoding }) => {
      throw registeredSecretIn(path, `"${name}", ${encoding}`)
    })
    const passed = Math.max(0, bytes.length - longest + 1)
    if (passed > 0) yield bytes.subarray(0, passed)
    held = bytes.subarray(passed)
  }
  if (held.length > 0) yield held
}

const registeredSecretIn = (path: string, secret: string) =>
  new SandboxError('secret_found', `${path} holds the registered secret ${secret}.`, {
    hint: 'Take it out of the file, and rotate it where it should not have been; nothing was written.',
    details: { file: path },
  })

import { spawn } from 'node:child_process'
import { SandboxError } from '@stuntdouble/sdk/errors'

const openers: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open' }

/** Shows a link in the person’s browser. Throws where this machine has none to ask. */
export function openLink(link: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opener = spawn(openers[process.platform] ?? 'xdg-open', [link], { stdio: 'ignore' })
    opener.once('error', () => reject(noBrowser()))
    opener.once('spawn', () => {
      opener.unref()
      resolve()
    })
  })
}

const noBrowser = () =>
  new SandboxError('usage', 'No program was found here that opens a link.', {
    hint: 'Leave out --open and open the printed link yourself.',
  })

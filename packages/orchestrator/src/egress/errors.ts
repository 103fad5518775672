import { SandboxError } from '@stuntdouble/sdk/errors'
import { ruleFor } from './denial.ts'
import type { Rule } from './rules.ts'

/** `index` is the entry’s place under `egress:` of the blueprint. */
export const asksTooMuch = (ask: Rule, index: number) =>
  new SandboxError(
    'policy_refused',
    `The blueprint asks for more than the operator allows: ${shown(ask)}.`,
    {
      hint:
        `Take it out of \`egress:\`, or have the operator put ${ruleFor({ ...ask, port: ask.ports[0] })} ` +
        'under `egress: allow:` in stuntdouble.yaml. Nothing was created.',
      details: { key: ['egress', index] },
    },
  )

function shown({ name, scheme, host, ports, methods, paths }: Rule): string {
  const what = [...(methods ?? []), ...(paths ?? [])].join(' ')
  const where = `${scheme}://${host}:${ports.join(',')}`
  return `${name === host ? where : `${name} (${where})`}${what ? ` ${what}` : ''}`
}

export const notAnAddress = (url: string) =>
  new SandboxError('usage', `${JSON.stringify(url.slice(0, 200))} is not an address of the web.`, {
    hint: 'Write it like https://registry.npmjs.org/left-pad.',
  })

/** `index` is the name’s place under `credentials:` of the blueprint. */
export const credentialUnknown = (name: string, index: number) =>
  new SandboxError(
    'policy_refused',
    `The blueprint asks for the credential "${name}", which the operator has not.`,
    {
      hint: 'Take it out of `credentials:`, or have the operator put it under `credentials:` in stuntdouble.yaml. Nothing was created.',
      details: { key: ['credentials', index] },
    },
  )

export const sameVariable = (variable: string, index: number) =>
  new SandboxError(
    'policy_refused',
    `Two of these credentials are both called ${variable} inside.`,
    {
      hint: 'Ask for one of them, or have the operator give one another name with `as:`. Nothing was created.',
      details: { key: ['credentials', index] },
    },
  )

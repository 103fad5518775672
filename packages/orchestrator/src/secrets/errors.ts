import { SandboxError } from '@stuntdouble/sdk/errors'
import type { SecretFinding, SecretsReport } from '@stuntdouble/sdk/wire'

/** Names the first place and counts the others; all of them are in the details. */
export function secretsFound(what: string, { findings }: SecretsReport): SandboxError {
  const [first] = findings as [SecretFinding]
  const others = findings.length > 1 ? ` There are ${findings.length - 1} more.` : ''
  return new SandboxError('secret_found', `${whereOf(first)}: ${first.what}.${others}`, {
    hint: `${first.hint} ${what} was refused; nothing was created.`,
    details: { file: first.file, line: first.line, findings },
  })
}

const whereOf = ({ file, line }: SecretFinding) => (line === null ? file : `${file}:${line}`)

export const scanTooLong = (timeoutMs: number) =>
  new SandboxError(
    'scan_failed',
    `The scan for secrets took longer than ${timeoutMs / 1000} s; without it nothing may enter.`,
    {
      hint: 'Leave out what is large with .gitignore, or raise `scan.timeout` in stuntdouble.yaml.',
    },
  )

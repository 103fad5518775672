import { type ErrorCode, SandboxError } from '@stuntdouble/sdk/errors'
import type { CloneSpec } from '@stuntdouble/sdk/wire'

export const workspaceNotFound = (id: string) =>
  new SandboxError('workspace_not_found', `No uploaded workspace "${id}".`, {
    hint: 'Uploads are kept for an hour; upload the directory again with PUT /v1/workspaces.',
  })

export const unpackFailed = () =>
  new SandboxError('engine_failed', 'The workspace could not be unpacked inside the sandbox.', {
    hint: 'Is there a `tar` in the workspace image, and room in its volume? Try without `workspace.from`.',
  })

export const notAnArchive = (cause: unknown) =>
  new SandboxError('usage', 'The uploaded workspace is not a tar archive.', {
    hint: 'Send a POSIX tar, not compressed, as application/x-tar.',
    cause,
  })

export const entryRefused = (name: string, why: string) =>
  new SandboxError('policy_refused', `The workspace holds "${name}", ${why}.`, {
    hint: 'Remove it or list it in .gitignore, then try again; nothing was created.',
    details: { file: name },
  })

export const tooLarge = (what: string) =>
  new SandboxError('workspace_too_large', `The workspace holds more than ${what}.`, {
    hint: 'Point `workspace.from` at a smaller directory, or list build output in .gitignore.',
  })

/** By git’s own words, of which none goes further: beside them stand those of a server that may lie. */
const failures: readonly (readonly [said: RegExp, code: ErrorCode, why: string, hint: string])[] = [
  [
    /No space left on device/,
    'workspace_too_large',
    'it is larger than 1 GiB, or has more files than fit',
    'Clone it yourself and send a part with `workspace: { from: … }`.',
  ],
  [
    /couldn't find remote ref|not our ref|unadvertised object/,
    'usage',
    'it has no such branch, tag or commit',
    'Name one that `git ls-remote` lists, or leave `ref` out.',
  ],
  [
    /could not read Username|Authentication failed|terminal prompts disabled/,
    'usage',
    'it asks for a password, and none is ever sent',
    'Clone it yourself and send it with `workspace: { from: … }`.',
  ],
  [
    /fsck|invalid path|index-pack failed|hasDot|gitmodules/,
    'policy_refused',
    'it holds names or objects that git takes for an attack',
    'Look at it before you trust it; nothing of it was kept.',
  ],
]

export function cloneFailure(spec: CloneSpec | undefined, said: string): SandboxError {
  const [, code, why, hint] = failures.find(([words]) => words.test(said)) ?? [
    /./,
    'source_unreachable' as const,
    'its server did not answer as git expects, or a proxy refused',
    'Try `git ls-remote` on it; `sandbox egress test` tells whether its host is allowed.',
  ]
  return new SandboxError(code, `${spec?.url ?? 'The repository'} was not cloned: ${why}.`, {
    hint,
    retryable: code === 'source_unreachable',
    details: { key: ['workspace', 'clone'] },
  })
}

export const cloneTimedOut = ({ url }: CloneSpec, seconds: number) =>
  new SandboxError('timed_out', `${url} was not cloned within ${seconds} s.`, {
    hint: 'Clone it yourself and send it with `workspace: { from: … }`.',
    details: { key: ['workspace', 'clone'] },
  })

export const cloneNotAllowed = ({ url }: CloneSpec, cause: unknown) => {
  const { protocol, hostname, port } = new URL(url)
  const scheme = protocol.slice(0, -1)
  const fields = [
    `host: ${hostname}`,
    ...(scheme === 'http' ? ['scheme: http'] : []),
    ...(port ? [`ports: [${port}]`] : []),
  ]
  return new SandboxError('policy_refused', `The operator allows no clone from ${hostname}.`, {
    hint: `Have the operator put { ${fields.join(', ')} } under \`egress: allow:\` in stuntdouble.yaml. Nothing was created.`,
    details: { key: ['workspace', 'clone', 'url'] },
    cause,
  })
}

import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Isolation } from '@stuntdouble/sdk/wire'
import type { DiskUse } from './disk-bound.ts'
import type { Sandbox } from './sandbox.ts'

export const sandboxNotFound = (id: string) =>
  new SandboxError('sandbox_not_found', `No sandbox "${id}".`, {
    hint: 'Run `sandbox ls --all` for the ids of this orchestrator.',
  })

type Tombstone = Pick<Sandbox, 'id' | 'endReason' | 'endedAt'>

/** What is left of a sandbox: that it was, why it ended, and when; not when while it still is ending. */
export function sandboxGone({ id, endReason, endedAt }: Tombstone) {
  const at = endedAt === null ? null : new Date(endedAt).toISOString()
  const when = at === null ? '' : ` at ${at}`
  const why = endReason === null ? '' : ` (${endReason})`
  return new SandboxError(
    'sandbox_gone',
    `Sandbox "${id}" has ended${when}${why}; it does not come back.`,
    {
      hint: 'Run `sandbox up` for a new one.',
      details: { sandbox: id, reason: endReason, endedAt: at },
    },
  )
}

export const idempotencyMismatch = () =>
  new SandboxError(
    'idempotency_mismatch',
    'This Idempotency-Key came before, with another request.',
    { hint: 'Send a key of its own with each request; the same one only to repeat it as it was.' },
  )

export const sandboxNotReady = (id: string) =>
  new SandboxError('sandbox_not_ready', `Sandbox "${id}" is still being created.`, {
    hint: 'Ask again in a moment.',
    retryable: true,
  })

export const badIdempotencyKey = () =>
  new SandboxError('usage', 'An Idempotency-Key is 1 to 255 characters of ASCII without spaces.', {
    hint: 'Send a random one, such as a UUID.',
  })

export const untilHasPassed = (until: string) =>
  new SandboxError('usage', `A sandbox cannot be extended until ${until}: that has passed.`, {
    hint: 'Name a moment to come, or end it with `sandbox down`.',
  })

export const databaseNotFound = (id: string, name: string, known: readonly string[]) =>
  new SandboxError('database_not_found', `Sandbox "${id}" has no database "${name}".`, {
    hint:
      known.length > 0 ? `It has: ${known.join(', ')}.` : 'Its blueprint names none under `data:`.',
  })

export const notServed = (name: string, source: string) =>
  new SandboxError('blueprint_invalid', `data.${name}: source "${source}" is a tree of files.`, {
    hint: `Name it under \`files:\` with a path, such as \`${name}: { source: ${source}, path: /data/${name} }\`.`,
  })

export const notFiles = (name: string, source: string) =>
  new SandboxError('blueprint_invalid', `files.${name}: source "${source}" is a database.`, {
    hint: `Name it under \`data:\`, such as \`${name}: { source: ${source} }\`.`,
  })

export const overLimit = (what: string, asked: string, allowed: string) =>
  new SandboxError(
    'policy_refused',
    `The blueprint asks for ${what} ${asked}; ${allowed} is allowed here.`,
    {
      hint: `Ask for less, or raise the limit under \`limits:\` in stuntdouble.yaml.`,
    },
  )

export const notReadyInTime = (id: string, what: string, cause: unknown) =>
  new SandboxError('engine_failed', `Sandbox "${id}" was not ready in time: ${what}.`, {
    hint: 'Run `sandbox doctor`; the machine may be out of memory or disk.',
    retryable: true,
    cause,
  })

export const endedBeforeReady = (id: string) =>
  new SandboxError('sandbox_gone', `Sandbox "${id}" was ended before it was ready.`, {
    hint: 'Run `sandbox up` again.',
  })

export const notEnded = (id: string) =>
  new SandboxError('conflict', `Sandbox "${id}" has not ended, so there is no receipt yet.`, {
    hint: `Run \`sandbox down ${id}\`.`,
    retryable: true,
  })

export const endTakesLong = (id: string) =>
  new SandboxError(
    'engine_failed',
    `Sandbox "${id}" is fenced off, but not everything of it could be removed yet.`,
    {
      hint: 'The orchestrator keeps trying; run `sandbox down` again for the receipt.',
      retryable: true,
    },
  )

export const trustNotDelivered = (id: string) =>
  new SandboxError(
    'engine_failed',
    `Sandbox "${id}" could not be given the certificate that its credentials need.`,
    {
      hint: 'An image for a sandbox with `credentials:` needs sh, cat and mv; stuntdouble/workspace has them.',
    },
  )

export const databaseEnded = (id: string, name: string, image: string) =>
  new SandboxError(
    'engine_failed',
    `Sandbox "${id}" is not ready: its database "${name}" ended as soon as it was started.`,
    {
      hint: `Is ${image} a server of the snapshot’s major version? Leave \`image\` out to use the one it was built with. A Redis needs memory for all it holds: raise \`limits.memory\`.`,
    },
  )

export const twoWorkspaces = () =>
  new SandboxError('usage', 'The workspace is uploaded, and to be cloned as well.', {
    hint: 'Leave out `workspace` of the request, or `workspace.clone` of the blueprint.',
    details: { key: ['workspace', 'clone'] },
  })

export const serviceEnded = (name: string, exitCode: number | null) =>
  new SandboxError(
    'blueprint_invalid',
    `The service "${name}" ended right after its start${exitCode === null ? '' : `, with ${exitCode}`}.`,
    {
      hint: 'Try its command with `sandbox exec`, in a sandbox without the service.',
      details: { key: ['services', name, 'command'] },
    },
  )

export const serviceNotHealthy = (name: string, retries: number) =>
  new SandboxError(
    'blueprint_invalid',
    `The service "${name}" was not ready after ${retries} looks.`,
    {
      hint: 'Correct its healthcheck, or raise its `retries` or `interval`.',
      details: { key: ['services', name, 'healthcheck'] },
    },
  )

export const serviceImageAbsent = (name: string, image: string) =>
  new SandboxError(
    'image_unavailable',
    `The engine holds no image "${image}", and a blueprint has none pulled for a service.`,
    {
      hint: `Read what it is, then run \`docker pull ${image}\` on the orchestrator’s machine.`,
      details: { key: ['services', name, 'image'] },
    },
  )

export const servicesNotIsolated = (isolation: Isolation) =>
  new SandboxError(
    'policy_refused',
    `A sandbox with \`isolation: ${isolation}\` has no services: they would run on the machine’s kernel.`,
    {
      hint: 'Start the program in the workspace, with `sandbox exec`, and leave out `services`; or ask for `isolation: runc` where the operator demands no other.',
      details: { key: ['services'] },
    },
  )

export const servicePortTaken = (
  service: string,
  index: number,
  { name, port }: { readonly name: string; readonly port: number },
) =>
  new SandboxError('blueprint_invalid', `Port ${port} is the database "${name}"’s.`, {
    hint: 'Have the service listen on another port: all of a sandbox share one loopback.',
    details: { key: ['services', service, 'ports', index] },
  })

export const diskLimitReached = (id: string, used: DiskUse, allowed: DiskUse) =>
  new SandboxError(
    'disk_full',
    `Sandbox "${id}" was ended at its disk limit: ${past(used, allowed)}.`,
    {
      hint: 'Write less, or ask for more with `limits: { disk: … }` in the blueprint.',
    },
  )

export const diskReserveReached = (id: string, used: DiskUse) =>
  new SandboxError(
    'disk_full',
    `Sandbox "${id}" was ended because the clone pool ran out; it had grown most, by ${mebibytes(used)}.`,
    {
      hint: 'Remove snapshots (`sandbox snapshot rm`), free the engine’s disk, or raise limits.poolSize in stuntdouble.yaml.',
      retryable: true,
    },
  )

function past(used: DiskUse, allowed: DiskUse): string {
  if (!Number.isFinite(used.bytes + used.inodes)) return 'its volumes take too long to measure'
  if (used.bytes > allowed.bytes) return `${mebibytes(used)} of ${mebibytes(allowed)}`
  return `${used.inodes} files of ${allowed.inodes}`
}

const mebibytes = ({ bytes }: DiskUse) => `${Math.ceil(bytes / 1024 ** 2)} MiB`

export const keptReady = (id: string) =>
  new SandboxError('conflict', `Nobody has sandbox "${id}" yet: it is kept ready for a creation.`, {
    hint: '`sandbox up` hands one over; `sandbox pool drain` ends those that are kept ready.',
  })

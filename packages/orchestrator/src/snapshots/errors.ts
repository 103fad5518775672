import { SandboxError } from '@stuntdouble/sdk/errors'

export const sourceNotFound = (name: string, known: readonly string[]) =>
  new SandboxError('source_not_found', `No source "${name}" is configured.`, {
    hint:
      known.length > 0
        ? `Configured are: ${known.join(', ')}.`
        : 'Name one under `sources:` in stuntdouble.yaml, and pass that file with --config.',
  })

export const snapshotNotFound = (id: string) =>
  new SandboxError('snapshot_not_found', `No snapshot "${id}".`, {
    hint: 'Run `sandbox snapshot ls` for the snapshots of this orchestrator.',
  })

export const noSnapshotOf = (source: string) =>
  new SandboxError('snapshot_not_found', `Source "${source}" has no sealed snapshot.`, {
    hint: `Run \`sandbox snapshot build --source ${source}\` first.`,
  })

export const alreadyBuilding = (source: string) =>
  new SandboxError('conflict', `A snapshot of "${source}" is being built already.`, {
    hint: 'Wait for it to finish: `sandbox snapshot ls` shows where it stands.',
    retryable: true,
  })

export const notSealed = (id: string) =>
  new SandboxError('conflict', `Snapshot "${id}" is still being built.`, {
    hint: 'End the command that builds it; what it made goes with it.',
    retryable: true,
  })

export const policyMissing = (source: string, path: string) =>
  new SandboxError('policy_unanswered', `There is no masking policy for "${source}" at ${path}.`, {
    hint: `Run \`sandbox data review --source ${source}\`, which writes one, and read what it proposes.`,
  })

export const policyUnreadable = (source: string, path: string, cause: unknown) =>
  new SandboxError(
    'config_invalid',
    `The masking policy of "${source}" at ${path} cannot be read or written: ${codeOf(cause)}.`,
    { hint: 'Correct its permissions, or `policy:` in stuntdouble.yaml.' },
  )

export const policyUnanswered = (source: string, columns: readonly string[]) =>
  new SandboxError(
    'policy_unanswered',
    `The masking policy of "${source}" does not answer for ${counted(columns, 'column')}:\n${listed(columns)}`,
    {
      hint: `Run \`sandbox data review --source ${source} --update\` and read what it proposes.`,
      details: { columns },
    },
  )

export const policyOutdated = (source: string, changes: readonly string[]) =>
  new SandboxError(
    'config_invalid',
    `"${source}" has changed since its masking policy was reviewed:\n${listed(changes)}`,
    {
      hint: `Run \`sandbox data review --source ${source} --update\` and read what it proposes; nothing was created.`,
      details: { changes },
    },
  )

export const policyUnfit = (source: string, problems: readonly string[]) =>
  new SandboxError(
    'config_invalid',
    `The masking policy of "${source}" does not fit its tables:\n${listed(problems)}`,
    {
      hint: `Correct it, or run \`sandbox data review --source ${source} --update\`; nothing was created.`,
      details: { problems },
    },
  )

export const imageTooOld = (source: string, image: string, versions: readonly [number, number]) =>
  new SandboxError(
    'config_invalid',
    `"${source}" is PostgreSQL ${versions[0]}, and the image ${image} runs ${versions[1]}.`,
    {
      hint: `Name an image of ${versions[0]} or newer with \`image\` in the source’s configuration, or leave it out; nothing was copied.`,
    },
  )

export const subsetUnsupported = (source: string, kind: string) =>
  new SandboxError(
    'config_invalid',
    `"${source}" is a ${kind} store, of which only the whole can be copied.`,
    { hint: 'Take `subset` off it in stuntdouble.yaml; nothing was copied.' },
  )

export const verificationFailed = (source: string, problems: readonly string[]) =>
  new SandboxError(
    'snapshot_failed',
    `The copy of "${source}" did not stand up to its checks and was removed:\n${listed(problems)}`,
    {
      hint: 'Tables that are named differ from the source: build again, and report it if it happens twice.',
      details: { problems },
    },
  )

export const leaked = (source: string, leaks: readonly string[]) =>
  new SandboxError(
    'snapshot_failed',
    `The copy of "${source}" still held masked values and was removed:\n${listed(leaks)}`,
    {
      hint: 'Mask the columns named there too: change `keep` to a strategy in the masking policy.',
      details: { leaks },
    },
  )

export const copyHoldsSecrets = (
  source: string,
  { secrets, leaks }: { readonly secrets: readonly string[]; readonly leaks: readonly string[] },
) =>
  new SandboxError(
    'secret_found',
    `The copy of "${source}" held registered secrets and was removed:\n${listed([...secrets, ...leaks])}`,
    {
      hint: 'Mask the columns named there, or take it out of the source, and rotate it. `accept:` lets none of them through.',
      details: { secrets, leaks },
    },
  )

export const snapshotUnsearched = (id: string, source: string, secrets: readonly string[]) =>
  new SandboxError(
    'policy_refused',
    `Snapshot "${id}" was sealed before it could be searched for the registered ${secrets.length === 1 ? 'secret' : 'secrets'} ${secrets.map((name) => `"${name}"`).join(', ')}.`,
    {
      hint: `Run \`sandbox snapshot build --source ${source}\`: the new copy is searched for all that is registered now.`,
      details: { secrets },
    },
  )

export const definitionsHold = (source: string, found: readonly string[]) =>
  new SandboxError(
    'secret_found',
    `Definitions of "${source}" hold what must not leave it; nothing was copied:\n${listed(found)}`,
    {
      hint: 'Take it out of them and rotate what was real. What a person has read and found harmless, and is no registered secret, is named under `accept:` of the source in stuntdouble.yaml.',
      details: { found },
    },
  )

export const serverDidNotStart = (source: string) =>
  new SandboxError(
    'snapshot_failed',
    `The empty server for the copy of "${source}" did not start in time.`,
    {
      hint: 'Look at the machine’s load and memory, then build again; `sandbox doctor` says what the engine lacks.',
      retryable: true,
    },
  )

export const serverDidNotStop = (source: string, exitCode: number | null) =>
  new SandboxError(
    'snapshot_failed',
    `The server of the copy of "${source}" did not shut down cleanly${exitCode === null ? '' : ` (exit code ${exitCode})`}; the copy was removed.`,
    { hint: 'Build again; `sandbox doctor` says what the engine lacks.', retryable: true },
  )

/**
 * What a failed build may say. Errors of a database driver quote rows, in places that differ from one
 * to the next, so of anything that is not ours only its kind and code remain.
 */
export function buildFailure(source: string, phase: string, cause: unknown): SandboxError {
  if (cause instanceof SandboxError) return withoutCause(cause)
  return new SandboxError('snapshot_failed', `The copy of "${source}" failed while ${phase}.`, {
    hint: 'Build again; if it happens twice, report it with what the orchestrator’s log says.',
    cause: withoutMessage(cause),
  })
}

const codeOf = (cause: unknown) => (cause as NodeJS.ErrnoException).code ?? 'unknown'

export const reviewFailure = (source: string, cause: unknown) =>
  lookFailure(`The review of "${source}" failed.`, cause)

export const planFailure = (source: string, cause: unknown) =>
  lookFailure(`The plan of a copy of "${source}" failed.`, cause)

function lookFailure(message: string, cause: unknown): SandboxError {
  if (cause instanceof SandboxError) return withoutCause(cause)
  return new SandboxError('internal', message, {
    hint: 'Run it again; if it happens twice, report it with what the orchestrator’s log says.',
    cause: withoutMessage(cause),
  })
}

function withoutCause(error: SandboxError): SandboxError {
  if (error.cause === undefined) return error
  const { hint, retryable, details } = error
  return new SandboxError(error.code, error.message, { hint, retryable, details })
}

function withoutMessage(cause: unknown): Error {
  const { name, code, stack } = Object(cause) as { name?: string; code?: unknown; stack?: string }
  const kept = new Error(`${name ?? typeof cause}${typeof code === 'string' ? ` ${code}` : ''}`)
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  kept.stack = [`Error: ${kept.message}`, ...frames].join('\n')
  return kept
}

const listed = (items: readonly string[]) => items.map((item) => `  ${item}`).join('\n')

const counted = (items: readonly unknown[], noun: string) =>
  `${items.length} ${noun}${items.length === 1 ? '' : 's'}`

export const withoutTables = (source: string) =>
  new SandboxError('usage', `${source} is no store of tables; there is nothing to plan.`, {
    hint: 'Its policy says what is copied and what is dropped: `sandbox data review` proposes one.',
  })

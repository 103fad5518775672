import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'

/** The source that was named, or else the only one there is. */
export async function sourceNamed(control: ControlClient, name: string | undefined) {
  if (name !== undefined) return name
  const sources = await control.listSources()
  const [only, ...others] = sources
  if (only && others.length === 0) return only.name
  throw only ? whichSource(sources.map((source) => source.name)) : noSource()
}

const whichSource = (names: readonly string[]) =>
  new SandboxError('usage', `There are ${names.length} sources.`, {
    hint: `Name one with --source: ${names.join(', ')}.`,
  })

const noSource = () =>
  new SandboxError('source_not_found', 'No source is configured.', {
    hint: 'Name one under `sources:` in stuntdouble.yaml, here or given with --config.',
  })

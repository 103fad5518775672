import { Readable } from 'node:stream'
import { type Secrets, secretsFound } from '../secrets/secrets.ts'
import type { ServerKinds } from '../sources/sources.ts'
import { podOf } from './pod.ts'
import type { Sandbox } from './sandbox.ts'

interface Parts {
  readonly kinds: ServerKinds
  readonly secrets: Pick<Secrets, 'scan'>
}

/**
 * Looks through what containers are started with: their environments, commands and health checks. Throws
 * `secret_found`. Placeholders are left out, and so are the passwords that its own databases were made
 * with: both are worth nothing anywhere else.
 */
export async function scanSettings(
  sandbox: Sandbox,
  { kinds, secrets }: Parts,
  signal: AbortSignal,
): Promise<void> {
  await using scan = await secrets.scan(signal)
  for (const [name, lines] of settingsOf(sandbox, kinds)) {
    const text = withoutOwn(sandbox, lines.join('\n'))
    await scan.content(`settings of ${name}`, Readable.from([Buffer.from(text)]))
  }
  const report = await scan.finish()
  if (!report.clean) throw secretsFound('The sandbox', report)
}

function settingsOf(sandbox: Sandbox, kinds: ServerKinds): [name: string, lines: string[]][] {
  const { services } = sandbox.blueprint
  const { containers } = podOf(sandbox, kinds, { services: Object.keys(services) })
  return containers.map(({ name, command, env }) => [
    name,
    [
      ...Object.entries(env).map((variable) => variable.join('=')),
      ...(command ?? []),
      ...(services[name]?.healthcheck?.test ?? []),
    ],
  ])
}

const withoutOwn = ({ databases }: Sandbox, text: string) =>
  databases.reduce((rest, { credentials }) => rest.replaceAll(credentials.password, ''), text)

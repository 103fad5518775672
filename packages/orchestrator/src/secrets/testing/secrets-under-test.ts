import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ScanConfig, type SecretsReport } from '@stuntdouble/sdk/wire'
import { Secret } from '../../lib/secret.ts'
import { createSecrets, type Secrets } from '../secrets.ts'

type Files = Readonly<Record<string, string | Buffer>>

export interface SecretsUnderTest extends Disposable {
  readonly secrets: Secrets
  readonly directory: string
  /** What one scan of these files says. */
  scan(files: Files): Promise<SecretsReport>
  /** `file:line what` of each finding, or `file what`. */
  found(files: Files): Promise<string[]>
}

const never = new AbortController().signal

export function openSecrets(
  registered: Readonly<Record<string, string>> = {},
  config: Partial<ScanConfig> = {},
): SecretsUnderTest {
  const directory = mkdtempSync(join(tmpdir(), 'secrets-'))
  const known = Object.entries(registered).map(([name, value]) => ({
    name,
    value: new Secret(value),
  }))
  const parts = { known, directory, key: Buffer.alloc(32, 7) }
  const secrets = createSecrets({ ...parts, config: ScanConfig.parse(config) })

  const scan = async (files: Files) => {
    await using one = await secrets.scan(never)
    for (const [path, content] of Object.entries(files)) {
      one.name(path)
      await one.content(path, piecesOf(Buffer.from(content)))
    }
    return await one.finish()
  }
  const found = async (files: Files) =>
    (await scan(files)).findings.map(
      ({ file, line, what }) => `${file}${line === null ? '' : `:${line}`} ${what}`,
    )
  return {
    ...{ secrets, directory, scan, found },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  }
}

async function* piecesOf(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536)
}

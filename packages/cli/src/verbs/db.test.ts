import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

const aSandbox = { blueprint: { data: { db: { source: 'shop' } } } }

test('psql hears of the sandbox alone, whatever production the environment names', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse(aSandbox))
  await using directory = await temporaryDirectory({ psql: '#!/bin/sh\nenv > "$SEEN"\n' })
  await chmod(join(directory.path, 'psql'), 0o755)
  const env = {
    STUNTDOUBLE_URL: orchestrator.url,
    STUNTDOUBLE_API_KEY: orchestrator.apiKey,
    PATH: `${directory.path}:/usr/bin:/bin`,
    SEEN: join(directory.path, 'seen'),
    PGSERVICE: 'production',
    PGHOSTADDR: '10.1.2.3',
    PGSSLMODE: 'verify-full',
  }

  expect(await new Cli(undefined, { env }).run('db', view.id)).toMatchObject({ code: 0 })
  const seen = (await readFile(env.SEEN, 'utf8')).split('\n')
  expect(seen.filter((line) => line.startsWith('PG')).toSorted()).toEqual([
    'PGDATABASE=shop',
    'PGHOST=127.0.0.1',
    'PGPASSWORD=pw',
    'PGPORT=54321',
    'PGUSER=app',
  ])
})

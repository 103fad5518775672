import { Blueprint, OperatorConfig } from '@stuntdouble/sdk/wire'
import { type AppParts, createApp } from '../../../app.ts'
import { createAuth } from '../../../auth/auth.ts'
import { createLog } from '../../../lib/log.ts'
import { createWrongKeys } from '../../../lib/wrong-keys.ts'
import { listen } from '../../../listen.ts'
import { openE2b } from '../../../open-e2b.ts'
import { openLifecycle } from '../../../sandboxes/testing/lifecycle-under-test.ts'
import { openStorage } from '../../../storage/storage.ts'
import { e2bMigrations } from '../notes.ts'

interface Asked {
  readonly body?: object
  readonly key?: string
}

const base = Blueprint.parse({})

/** E2B’s REST API over the lifecycle in memory. */
export async function openControl() {
  await using scope = new AsyncDisposableStack()
  const lifecycle = scope.use(await openLifecycle())
  const { sandboxes, capabilities, recorder, doors, time } = lifecycle
  const clock = () => time.now
  const wrongKeys = createWrongKeys(clock)
  const e2b = openE2b({
    ...{ sandboxes, capabilities, recorder, doors, clock, wrongKeys },
    config: { ...OperatorConfig.parse({ limits: { maxTtl: '2h' } }), templates: { base } },
    installation: { apiKey: 'sdk_key' },
    storage: scope.use(openStorage(':memory:', e2bMigrations)),
    origin: { control: 'http://127.0.0.1:1', gateway: 'http://127.0.0.1:2' },
  })
  const app = createApp({
    ...{ version: '0.0.0', installation: 'test', dashboard: '/nowhere', names: [] },
    ...{ auth: createAuth('sdk_key', clock), log: createLog('silent'), wrongKeys, e2b },
    snapshots: { building: false },
  } as unknown as AppParts)
  const { origin } = scope.use(await listen(app, { host: '127.0.0.1', port: 0, remembered: 0 }))
  const parts = scope.move()

  return {
    ...{ lifecycle, e2b },
    /** With the face’s key, unless another is given. */
    async ask(method: string, path: string, { body, key = e2b.key }: Asked = {}) {
      const response = await fetch(`${origin}/e2b${path}`, {
        method,
        headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { type Production, startProduction } from '../lib/production.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { type PlainContainer, startPlain } from './plain-container.ts'

/** What all attacks share: one installation, two sandboxes with data, and containers without protection. */
export interface Scene extends AsyncDisposable {
  readonly production: Production
  readonly stuntdouble: Stuntdouble
  readonly control: ControlClient
  /** The attacker’s. */
  readonly box: Sandbox
  /** Somebody else’s, of the same snapshot. */
  readonly other: Sandbox
  /** A sandbox without data, for what may ruin it. Ended with the scene at the latest. */
  spare(limits?: { readonly memory?: string; readonly pids?: number }): Promise<Sandbox>
  /** As a container of this image starts by default. */
  readonly plain: PlainContainer
  /** The same, in the host’s network. */
  readonly plainOnHost: PlainContainer
}

const configuration = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
`
const blueprint = 'ttl: 30m\ndata: { db: { source: shop } }\n'

const shop = `
  CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE);
  INSERT INTO people SELECT n, 'Person ' || n, 'person' || n || '@shop.example' FROM generate_series(1, 20) n`

export async function openScene(): Promise<Scene> {
  await using scope = new AsyncDisposableStack()
  const production = scope.use(await startProduction())
  await production.query(shop)
  const stuntdouble = scope.use(
    await Stuntdouble.open({
      files: { 'stuntdouble.yaml': configuration, 'sandbox.yaml': blueprint },
      env: { SHOP_URL: production.url },
    }),
  )
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'shop'])
  const [first, second] = await Promise.all([handedOver(stuntdouble), handedOver(stuntdouble)])
  const control = await stuntdouble.control()
  const [box, other] = [await Sandbox.connect(first), await Sandbox.connect(second)]
  const plain = scope.use(await startPlain())
  const plainOnHost = scope.use(await startPlain('host'))
  const spare: Scene['spare'] = async (limits = {}) =>
    Sandbox.of(await control.createSandbox({ ttl: '10m', blueprint: { limits } }), control)
  const parts = scope.move()
  return {
    ...{ production, stuntdouble, control, box, other, spare, plain, plainOnHost },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

const handedOver = async (stuntdouble: Stuntdouble) =>
  (await stuntdouble.json<{ url: string }>(['up'])).url

/** Everything a script said inside, its complaints too. */
export async function said(box: Sandbox, script: string): Promise<string> {
  const { stdout, stderr } = await box.commands.run(['bash', '-c', script], { timeoutMs: 60_000 })
  return stdout + stderr
}

/** What a Python program said inside. */
export async function pythonSaid(box: Sandbox, program: string): Promise<string> {
  const { stdout, stderr } = await box.commands.run(['python3', '-c', program], {
    timeoutMs: 60_000,
  })
  return stdout + stderr
}

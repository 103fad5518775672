import { Sandbox } from '@stuntdouble/sdk'
import type { Isolation, SandboxEvent } from '@stuntdouble/sdk/wire'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { type PlainContainer, startPlain } from './plain-container.ts'

/** A sandbox that may reach something, and a container that may reach everything. */
export interface EgressScene extends AsyncDisposable {
  readonly stuntdouble: Stuntdouble
  readonly box: Sandbox
  readonly plain: PlainContainer
  /** The latest decision of each sort. */
  decisions(): Promise<readonly SandboxEvent[]>
}

interface Rules {
  /** Lists as `egress:` has them, in JSON. */
  readonly allow: readonly object[]
  readonly ask: readonly object[]
  /** The sandbox’s; `runc` when left out. */
  readonly isolation?: Isolation
}

export async function openEgressScene({
  allow,
  ask,
  isolation = 'runc',
}: Rules): Promise<EgressScene> {
  await using scope = new AsyncDisposableStack()
  const stuntdouble = scope.use(
    await Stuntdouble.open({
      files: {
        'stuntdouble.yaml': `egress: { allow: ${JSON.stringify(allow)} }\n`,
        'sandbox.yaml': `ttl: 15m\nisolation: ${isolation}\negress: ${JSON.stringify(ask)}\n`,
      },
    }),
  )
  const { url } = await stuntdouble.json<{ url: string }>(['up'])
  const box = await Sandbox.connect(url)
  const plain = scope.use(await startPlain())
  const control = await stuntdouble.control()
  const parts = scope.move()
  return {
    ...{ stuntdouble, box, plain },
    decisions: async () =>
      (await control.events(box.id)).filter(({ type }) => /^egress_[ad]/.test(type)),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

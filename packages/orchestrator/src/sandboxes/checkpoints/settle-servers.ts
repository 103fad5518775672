import type { Desk } from '../desk.ts'
import type { Sandbox } from '../sandbox.ts'

const settleWithinMs = 60_000

/**
 * Has servers that keep their data in memory write it down, and take no writes until disposed: what
 * is copied from below them is then what they held at the moment of the copy.
 */
export async function settleServers(
  { engine, kinds }: Pick<Desk, 'engine' | 'kinds'>,
  { id, databases }: Sandbox,
  caller: AbortSignal,
): Promise<AsyncDisposable> {
  await using scope = new AsyncDisposableStack()
  const signal = AbortSignal.any([caller, AbortSignal.timeout(settleWithinMs)])
  for (const { kind, port, credentials } of databases) {
    const dial = (dialed: AbortSignal) => engine.connect(id, port, dialed)
    const settled = await kinds[kind].settle?.(dial, credentials, signal)
    if (settled) scope.use(settled)
  }
  return scope.move()
}

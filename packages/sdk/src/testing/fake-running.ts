import type { FakeChild, FakeStart } from './fake-machine.ts'
import type { FakeSandbox } from './fake-state.ts'

/** Starts a command in a sandbox, with which it ends. */
export function run({ machine, running, view }: FakeSandbox, start: FakeStart): FakeChild {
  const child = machine.spawn(start, view.id)
  running.add(child)
  child.once('close', () => running.delete(child))
  return child
}

const numbers: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

/** As a shell tells it. */
export const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (numbers[signal ?? 'SIGKILL'] ?? 9)

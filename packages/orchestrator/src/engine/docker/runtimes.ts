import { basename } from 'node:path'
import type { Isolation } from '@stuntdouble/sdk/wire'
import type { DockerClient } from './docker-client.ts'

/** A runtime as the engine tells of it. */
export interface Runtime {
  readonly path?: string
  readonly runtimeArgs?: readonly string[] | null
}

export type Runtimes = Readonly<Record<string, Runtime>>

/**
 * With what gVisor fits a pod: it dials in the gate’s network namespace, where a network stack of its
 * own would have a loopback of its own.
 */
const gvisorArgument = '--network=host'

const fits: Readonly<Record<Isolation, (runtime: Runtime, name: string) => boolean>> = {
  // What a container gets that asks for no other; an engine that has renamed it fails the look after the start.
  runc: (_, name) => name === 'runc',
  gvisor: ({ path = '', runtimeArgs }) =>
    basename(path) === 'runsc' && (runtimeArgs?.includes(gvisorArgument) ?? false),
  kata: ({ path = '' }, name) => /^kata\b/.test(name) || /\bkata\b/.test(basename(path)),
}

/** The name under which the engine knows a runtime for it; undefined where it has none that fits. */
export const runtimeFor = (isolation: Isolation, runtimes: Runtimes): string | undefined =>
  Object.entries(runtimes).find(([name, runtime]) => fits[isolation](runtime, name))?.[0]

/** Asked each time: the operator may have registered one since. */
export async function runtimesOf(client: DockerClient, signal: AbortSignal): Promise<Runtimes> {
  const info = await client.info(signal)
  return info.Runtimes ?? {}
}

import type { Sandbox } from 'e2b'

/** As its newest version has it; what an older one lacks its tests leave out. */
export type SandboxClass = typeof Sandbox

export interface Version {
  readonly name: string
  /** How it reaches us: some know an address of the sandboxes, older ones only names below a domain, by TLS. */
  readonly by: 'address' | 'names'
  load(): Promise<SandboxClass>
}

const classOf = (module: unknown) => (module as { readonly Sandbox: SandboxClass }).Sandbox

export const versions: readonly Version[] = [
  { name: '2.51.0', by: 'address', load: async () => classOf(await import('e2b')) },
  { name: '2.19.5', by: 'address', load: async () => classOf(await import('e2b-2-19')) },
  { name: '2.8.4', by: 'address', load: async () => classOf(await import('e2b-2-8')) },
  { name: '1.13.2', by: 'names', load: async () => classOf(await import('e2b-1')) },
]

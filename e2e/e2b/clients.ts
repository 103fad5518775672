import { Stuntdouble } from '../lib/stuntdouble.ts'
import { openFront, previewDomain } from './front.ts'
import type { Version } from './versions.ts'

const configuration = `listen: { previewDomain: ${previewDomain} }
e2b:
  templates:
    small: { limits: { memory: 512m, cpus: 0.5 } }
    written: ./template.yaml
`

interface Variables {
  readonly E2B_API_URL: string
  readonly E2B_SANDBOX_URL: string
  readonly E2B_API_KEY: string
  readonly E2B_DOMAIN: string
}

export type Clients = Awaited<ReturnType<typeof openClients>>

/** A running orchestrator, and what a client of each version is told to find it. */
export async function openClients() {
  await using scope = new AsyncDisposableStack()
  const files = { 'stuntdouble.yaml': configuration, 'template.yaml': 'idle: 2m\n' }
  const stuntdouble = scope.use(await Stuntdouble.open({ files }))
  await stuntdouble.json(['doctor'])
  const variables = await stuntdouble.json<Variables>(['env', '--e2b'])
  const { E2B_API_URL: apiUrl, E2B_SANDBOX_URL: sandboxUrl, E2B_API_KEY: apiKey } = variables
  const front = scope.use(await openFront({ api: apiUrl, sandboxes: sandboxUrl }))
  const local = `localhost:${new URL(sandboxUrl).port}`
  const parts = scope.move()
  return {
    ...{ variables, front },
    options: (by: Version['by']) =>
      by === 'names'
        ? { apiKey, domain: front.domain }
        : { apiKey, apiUrl, sandboxUrl, domain: local },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

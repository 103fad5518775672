import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { FakeProgram } from '../../../engine/fake/fake-process.ts'
import { openGateway } from '../../../gateway/testing/gateway-under-test.ts'
import { localShell } from './local-shell.ts'

export interface Told {
  readonly isError: boolean
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: each tool’s own, and looked at by tests alone
  readonly structured: any
}

/** The official client before a sandbox whose commands are run here, in a directory of their own. */
export async function openTools(program: FakeProgram = localShell) {
  await using scope = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'mcp-'))
  scope.defer(() => rm(directory, { recursive: true }))
  const gateway = scope.use(await openGateway(program, { realFiles: true }))
  const client = new Client({ name: 'test', version: '0.0.0' })
  scope.defer(() => client.close())
  await client.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`)))
  const parts = scope.move()
  return {
    ...{ gateway, client, directory },
    call: async (name: string, given: object = {}): Promise<Told> =>
      tellingOf(await client.callTool({ name, arguments: { ...given } })),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

export function tellingOf(result: Awaited<ReturnType<Client['callTool']>>): Told {
  const [first] = result.content ?? []
  return {
    isError: result.isError === true,
    text: first?.type === 'text' ? first.text : '',
    structured: result.structuredContent,
  }
}

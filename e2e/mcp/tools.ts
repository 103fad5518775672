import { Client } from '@modelcontextprotocol/client'

export interface Tools extends AsyncDisposable {
  readonly client: Client
  // biome-ignore lint/suspicious/noExplicitAny: each tool’s own
  call(name: string, given?: object): Promise<{ text: string; isError: boolean; structured: any }>
}

export async function connected(transport: Parameters<Client['connect']>[0]): Promise<Tools> {
  const client = new Client({ name: 'e2e', version: '0.0.0' })
  await client.connect(transport)
  return {
    client,
    async call(name, given = {}) {
      const options = { timeout: 200_000 }
      const result = await client.callTool({ name, arguments: { ...given } }, options)
      const [first] = result.content ?? []
      const text = first?.type === 'text' ? first.text : ''
      return { text, isError: result.isError === true, structured: result.structuredContent }
    },
    [Symbol.asyncDispose]: () => client.close(),
  }
}

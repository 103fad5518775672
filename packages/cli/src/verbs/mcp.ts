import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { findBlueprint, located, uploadWorkspace } from '@stuntdouble/sdk/node'
import type { AddVerb, Call } from '../call.ts'
import type { CreateHere } from '../mcp/own-sandboxes.ts'
import { borrowSandbox } from '../sandboxes/borrow-sandbox.ts'
import { addMcpInstall } from './mcp-install.ts'

interface Options {
  readonly urlFile?: string
}

export const addMcp: AddVerb = (parent, act) => {
  const mcp = parent
    .command('mcp')
    .description(
      'serve sandboxes as tools of the Model Context Protocol, on standard input and output',
    )
    .argument(
      '[id]',
      'a sandbox, or the beginning of its id; without one, tools to make them as well',
    )
    .option('--url-file <file>', 'the sandbox whose hand-over URL stands in a file')
    .addHelpText(
      'after',
      `
A hand-over URL opens its sandbox to whoever reads it: give it in a file, or in $STUNTDOUBLE_SANDBOX_URL,
not on a command line. Clients start \`sandbox mcp\`; \`sandbox mcp install\` tells them so.
`,
    )
    .action(act(mcpVerb))
  addMcpInstall(mcp, act)
}

/** What is only needed here takes its time to load. */
async function mcpVerb(call: Call<Options>): Promise<void> {
  const { bridge } = await import('../mcp/bridge.ts')
  const { connectTools } = await import('../mcp/upstream.ts')
  const url = await urlOf(call)
  if (url !== undefined) {
    await using tools = await connectTools(addressOf(await Sandbox.connect(url)))
    return await bridge(call.context, tools)
  }
  const [id] = call.operands
  const control = await call.control({ config: id === undefined })
  if (id !== undefined) {
    await using borrowed = await borrowSandbox(control, id)
    await using tools = await connectTools(addressOf(borrowed.box))
    return await bridge(call.context, tools)
  }
  const { ownSandboxes } = await import('../mcp/own-sandboxes.ts')
  await using tools = await connectTools(control.mcp)
  await bridge(call.context, ownSandboxes(tools, creator(control, call.context.cwd)))
}

async function urlOf({ context, operands, options }: Call<Options>): Promise<string | undefined> {
  const [given] = operands
  if (options.urlFile !== undefined) return await urlIn(options.urlFile, context.cwd)
  if (given !== undefined) return /^https?:/.test(given) ? given : undefined
  return context.env.STUNTDOUBLE_SANDBOX_URL || undefined
}

async function urlIn(file: string, cwd: string): Promise<string> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw new SandboxError('usage', `${file}: cannot be read.`, {
      hint: 'Name a file that holds a hand-over URL and nothing else.',
      cause,
    })
  })
  return text.trim()
}

/** By a header: an address is written down in more places. */
const addressOf = ({ url, token }: Sandbox) => ({
  url: `${url.replace(/\/s\/[^/]+\/?$/, '')}/mcp`,
  headers: { authorization: `Bearer ${token}` },
})

const creator =
  (control: ControlClient, cwd: string): CreateHere =>
  async (options, onProgress, signal) => {
    const file = await findBlueprint(cwd)
    const workspace = await uploadWorkspace(control, file, signal)
    const request = {
      blueprint: file.blueprint,
      ...options,
      ...(workspace && { workspace: workspace.id }),
    }
    const made = await control.createSandbox(request, { signal, onProgress }).catch((cause) => {
      throw located(cause, file)
    })
    // Its tools go by the key; this would be one more way in.
    await control.revokeHandover(made)
    return made
  }

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Option } from 'commander'
import type { AddVerb, Call } from '../call.ts'
import { type ClientName, clientNames, entryOf, fileOf, type Scope } from '../mcp/clients.ts'

interface Options {
  readonly client: ClientName
  readonly user?: boolean
  readonly print?: boolean
  readonly command: string
}

export const addMcpInstall: AddVerb = (parent, act) =>
  parent
    .command('install')
    .description('add `sandbox mcp` to a client’s configuration, and change nothing else there')
    .addOption(new Option('--client <name>', 'whose').choices(clientNames).makeOptionMandatory())
    .option('--project', 'for whoever works in this directory (the default)')
    .addOption(new Option('--user', 'for you, in every directory').conflicts('project'))
    .option('--command <path>', 'by which the client starts it', 'sandbox')
    .option('--print', 'print what would be added, and write nothing')
    .addHelpText(
      'after',
      `
No token and no key is written: the command finds the orchestrator by itself.
`,
    )
    .action(act(mcpInstall))

async function mcpInstall({ context, options, print }: Call<Options>): Promise<void> {
  const { fragment, install } = await import('../mcp/install.ts')
  const scope: Scope = options.user ? 'user' : 'project'
  const file = fileOf(options.client, scope, context)
  const entry = entryOf(options.client, options.command)
  if (options.print) {
    const text = fragment(file, entry)
    return print({ path: file.path, text }, `${file.path}:\n\n${text}`)
  }
  const changed = await install(file, entry)
  const said = changed ? 'now starts' : 'already starts'
  print({ path: file.path, changed }, `${file.path} ${said} \`${options.command} mcp\`.\n`)
  if (!isFound(options.command, context.env.PATH ?? ''))
    context.stderr.write(
      `\`${options.command}\` is not on your PATH: put it there, or name it with --command.\n`,
    )
}

const isFound = (command: string, path: string) =>
  command.includes('/')
    ? existsSync(command)
    : path.split(delimiter).some((directory) => existsSync(join(directory, command)))

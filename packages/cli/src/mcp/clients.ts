import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../context.ts'

export const clientNames = ['claude', 'codex', 'cursor', 'vscode'] as const
export type ClientName = (typeof clientNames)[number]

/** `project`: read by whoever works in this directory, and mostly committed. */
export type Scope = 'project' | 'user'

export interface ClientFile {
  readonly path: string
  readonly format: 'json' | 'toml'
  /** Under which a client looks for servers. */
  readonly key: string
}

/** Started by the client itself, and so without any secret: the command finds the orchestrator. */
export interface Entry {
  readonly type?: 'stdio'
  readonly command: string
  readonly args: readonly string[]
}

export const entryName = 'stuntdouble'

type Places = Readonly<Record<Scope, string>> & Pick<ClientFile, 'format' | 'key'>

/** Where each client looks, as its makers document it. */
export function fileOf(client: ClientName, scope: Scope, { env, cwd }: Context): ClientFile {
  const home = env.HOME || homedir()
  const places: Readonly<Record<ClientName, Places>> = {
    claude: {
      ...{ project: join(cwd, '.mcp.json'), user: join(home, '.claude.json') },
      ...{ format: 'json', key: 'mcpServers' },
    },
    codex: {
      project: join(cwd, '.codex', 'config.toml'),
      user: join(env.CODEX_HOME || join(home, '.codex'), 'config.toml'),
      ...{ format: 'toml', key: 'mcp_servers' },
    },
    cursor: {
      project: join(cwd, '.cursor', 'mcp.json'),
      user: join(home, '.cursor', 'mcp.json'),
      ...{ format: 'json', key: 'mcpServers' },
    },
    vscode: {
      project: join(cwd, '.vscode', 'mcp.json'),
      user: join(codeDirectory(home, env), 'User', 'mcp.json'),
      ...{ format: 'json', key: 'servers' },
    },
  }
  const { [scope]: path, format, key } = places[client]
  return { path, format, key }
}

export const entryOf = (client: ClientName, command: string): Entry => ({
  ...((client === 'claude' || client === 'vscode') && { type: 'stdio' }),
  ...{ command, args: ['mcp'] },
})

function codeDirectory(home: string, env: Context['env']): string {
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Code')
  if (process.platform === 'win32')
    return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'Code')
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'Code')
}

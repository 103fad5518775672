import type { Options } from '@anthropic-ai/claude-agent-sdk'
import type { Sandbox } from '../sandbox/sandbox.ts'

const server = 'stuntdouble'

/** Those of the sandbox’s MCP door. */
const tools = [
  ...['run_command', 'start_process', 'read_process_output', 'stop_process'],
  ...['read_file', 'write_file', 'edit_file', 'list_files', 'search_files'],
  ...['query_database', 'get_url', 'checkpoint', 'rollback', 'sandbox_info'],
] as const

const named = (tool: (typeof tools)[number]) => `mcp__${server}__${tool}`

type RemoteTools = Required<
  Pick<Options, 'allowedTools' | 'mcpServers' | 'settingSources' | 'tools' | 'toolAliases'>
> &
  Pick<Options, 'mcpServersDelivery' | 'strictMcpConfig'>

/**
 * Options of `query` for an agent that runs here and works in there: the sandbox’s tools, allowed without
 * asking, in place of all that would touch this machine. Its built-in tools, this machine’s settings and
 * the MCP servers in them are left out; name what you want of them after spreading this.
 */
export function remoteTools({ url, token }: Pick<Sandbox, 'url' | 'token'>): RemoteTools {
  return {
    mcpServers: {
      [server]: {
        type: 'http',
        // In a header: addresses are logged.
        url: url.replace(/\/s\/[^/]+\/?$/, '/mcp'),
        headers: { authorization: `Bearer ${token}` },
      },
    },
    // On a command line every user of the machine could read the token.
    mcpServersDelivery: 'initialize',
    strictMcpConfig: true,
    settingSources: [],
    tools: [],
    allowedTools: tools.map(named),
    toolAliases: { Bash: named('run_command') },
  }
}

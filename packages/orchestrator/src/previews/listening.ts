import type { Commands } from '../doors/doors.ts'

/** The state of a listening socket in /proc/net/tcp. */
const listen = '0A'
const withinMs = 10_000
const shown = 256

/** Where 127.0.0.1 leads: its own address, any address, and any of version six. */
const reached: ReadonlySet<string> = new Set([
  '0100007F',
  '00000000',
  '00000000000000000000000000000000',
  '0000000000000000FFFF00000100007F',
])

/**
 * The ports that something inside listens on and that can be reached, in order. What is read is the
 * kernel’s word, by a command of the agent’s image: a list that lies leads to a port that is closed.
 */
export async function listeningPorts(
  commands: Pick<Commands, 'run'>,
  sandbox: string,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const command = ['cat', '/proc/net/tcp', '/proc/net/tcp6']
  const { stdout } = await commands.run(
    sandbox,
    { command, cwd: '/', env: {}, timeoutMs: withinMs },
    { signal, closed: Promise.resolve() },
  )
  return portsIn(stdout)
}

export function portsIn(table: string): readonly number[] {
  const ports = table.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [address = '', port = ''] = local.split(':')
    return state === listen && reached.has(address) ? [Number.parseInt(port, 16)] : []
  })
  return [...new Set(ports)].sort((left, right) => left - right).slice(0, shown)
}

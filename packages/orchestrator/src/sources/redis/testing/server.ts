import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { promisify } from 'node:util'
import { newSandboxId, newSecret } from '../../../lib/ids.ts'
import type { Dial } from '../../sources.ts'
import { waitUntilReady } from '../ready.ts'
import { type Argument, enter, openSession, type Reply } from '../session.ts'

/** A real Redis of its own, in a container of our image. Disposal leaves nothing of it. */
export interface TestServer extends AsyncDisposable {
  readonly dial: Dial
  /** Of the account that may do everything, unless another is named. */
  url(account?: { readonly user: string; readonly password: string }, database?: string): string
  call(command: string, ...args: readonly Argument[]): Promise<Reply>
}

const run = promisify(execFile)
const image = 'stuntdouble/redis:7'

export async function startServer(...options: readonly string[]): Promise<TestServer> {
  await using cleanup = new AsyncDisposableStack()
  const everything = { user: 'default', password: newSecret() }
  const { stdout } = await run('docker', [
    ...['run', '-d', '--label', `dev.stuntdouble.installation=test-${newSandboxId()}`],
    ...['-p', '127.0.0.1::6379', '--tmpfs', '/data:size=64m,uid=999,gid=999', image],
    ...['redis-server', '--requirepass', everything.password, '--dir', '/data', ...options],
  ])
  const id = stdout.trim()
  cleanup.defer(() => run('docker', ['rm', '-f', '-v', id]).then(() => {}))
  const { stdout: published } = await run('docker', ['port', id, '6379/tcp'])
  const port = Number(/:(\d+)\s*$/m.exec(published)?.[1])
  const dial: Dial = async () => {
    const socket = connectSocket(port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  const signal = AbortSignal.timeout(60_000)
  const credentials = { ...everything, database: '0' }
  await waitUntilReady(dial, credentials, signal)
  const session = cleanup.use(await openSession(await dial(signal), signal))
  await enter(session, credentials)
  const all = cleanup.move()
  return {
    dial,
    call: session.call,
    url: ({ user, password } = everything, database = '0') =>
      `redis://${user}:${password}@127.0.0.1:${port}/${database}`,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EngineClient, openEngine } from '../lib/container-runtime.ts'
import { runInside } from './run-inside.ts'

export interface PlainServer extends AsyncDisposable {
  readonly id: string
}

const directory = '/var/lib/postgresql/bench'
/** `sh -c SCRIPT postgres -D DIRECTORY`, before the settings. */
const programArguments = 6
const serve = `initdb -D "$2" -U bench -E UTF8 --locale=C.UTF-8 --auth=trust --no-sync >/dev/null
exec "$0" "$@"`

/**
 * The server of a sandbox's database as anybody would run it: the same image, settings, memory and
 * processors, in a container as the engine makes them, on a volume of the engine. Disposal removes both.
 */
export async function startPlainServer(like: string): Promise<PlainServer> {
  const engine = await openEngine()
  const { Config, HostConfig } = await engine.getContainer(like).inspect()
  const { Memory, MemorySwap, NanoCpus, ShmSize, PidsLimit } = HostConfig
  const settings = [Config.Entrypoint ?? []].flat().slice(programArguments)
  const container = await engine.createContainer({
    name: `stuntdouble-bench-${randomBytes(4).toString('hex')}`,
    Image: Config.Image,
    User: Config.User,
    Entrypoint: ['sh', '-ec', serve, 'postgres', '-D', directory, ...settings],
    Volumes: { '/var/lib/postgresql': {} },
    Labels: { 'dev.stuntdouble.installation': 'test-bench' },
    HostConfig: {
      ...{ Memory, MemorySwap, NanoCpus, ShmSize, PidsLimit },
      Tmpfs: { '/tmp': 'mode=1777' },
    },
  })
  const remove = () => container.remove({ force: true, v: true })
  try {
    await container.start()
    await untilItAnswers(engine, container.id)
    return { id: container.id, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function untilItAnswers(engine: EngineClient, id: string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 200) {
    const { State } = await engine.getContainer(id).inspect()
    if (!State.Running) throw new Error(`the plain server ended with ${State.ExitCode}`)
    const { exitCode } = await runInside(id, ['pg_isready', '-q', '-h', '127.0.0.1'])
    if (exitCode === 0) return
    await sleep(200)
  }
  throw new Error('the plain server does not answer')
}

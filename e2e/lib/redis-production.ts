import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { GenericContainer, Wait } from 'testcontainers'
import { ensureImage } from './images.ts'

/** Somebody's production: a Redis of its own, outside every sandbox. Disposal removes it. */
export interface RedisProduction extends AsyncDisposable {
  /** The read-only account's: what an operator would put into stuntdouble.yaml. */
  readonly url: string
  /** Of the account that may do everything; for the test itself. */
  readonly redis: Redis
  /** Changes with every key, value and lifetime’s being there. */
  digest(): Promise<string>
}

const image = 'stuntdouble/redis:7'
/** As the README says it. */
const readerRules = '~* +@connection +@read -@dangerous +info'.split(' ')

export async function startRedis(): Promise<RedisProduction> {
  await ensureImage(image)
  await using scope = new AsyncDisposableStack()
  const [admin, reader] = [password(), password()]
  const container = await new GenericContainer(image)
    .withCommand(['redis-server', '--requirepass', admin, '--enable-debug-command', 'yes'])
    .withTmpFs({ '/data': 'rw,uid=999,gid=999,mode=0700' })
    .withWorkingDir('/data')
    .withExposedPorts(6379)
    .withLabels({ 'dev.stuntdouble.installation': 'test-production' })
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start()
  scope.defer(async () => {
    await container.stop({ timeout: 0, removeVolumes: true })
  })
  const at = { host: container.getHost(), port: container.getMappedPort(6379) }
  const redis = new Redis({ ...at, password: admin })
  scope.defer(() => redis.disconnect())
  await redis.call('ACL', 'SETUSER', 'reader', 'on', `>${reader}`, ...readerRules)
  const parts = scope.move()
  return {
    redis,
    url: `redis://reader:${reader}@${at.host}:${at.port}/0`,
    digest: async () => String(await redis.call('DEBUG', 'DIGEST')),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

const password = () => randomBytes(16).toString('hex')

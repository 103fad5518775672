import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import pg from 'pg'
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'
import { type Checksums, checksumsOf } from './checksums.ts'
import { ensureImage } from './images.ts'
import { serveCommand, superuser } from './production-server.ts'

export interface ProductionOptions {
  /** One of ours, `stuntdouble/postgres:15` when left out. */
  readonly image?: string
  /** `shop` when left out. */
  readonly database?: string
}

/** Somebody's production: a PostgreSQL of its own, outside every sandbox. Disposal removes it. */
export interface Production extends AsyncDisposable {
  readonly id: string
  readonly host: string
  readonly port: number
  /** The container's own address on the engine's bridge. */
  readonly internalAddress: string
  readonly database: string
  /** The read-only role's: what an operator would put into stuntdouble.yaml. */
  readonly url: string
  /** The superuser's, for the test itself. */
  readonly adminUrl: string
  /** Runs SQL files with psql, stopping at the first error. */
  load(...files: readonly string[]): Promise<void>
  query<Row extends pg.QueryResultRow>(sql: string): Promise<readonly Row[]>
  /** One sum a table, over its count and every row, whatever their order. */
  checksums(): Promise<Checksums>
}

export async function startProduction(options: ProductionOptions = {}): Promise<Production> {
  const { image = 'stuntdouble/postgres:15', database = 'shop' } = options
  await ensureImage(image)
  const passwords = { admin: password(), reader: password() }
  const container = await new GenericContainer(image)
    .withUser('999:999')
    .withCommand(serveCommand)
    .withEnvironment({ ADMIN_PASSWORD: passwords.admin, DATABASE: database })
    .withTmpFs({ '/data': 'rw,uid=999,gid=999,mode=0700' })
    .withExposedPorts(5432)
    .withLabels({ 'dev.stuntdouble.installation': 'test-production' })
    .withWaitStrategy(Wait.forLogMessage(/production is ready/))
    .start()
  const production = new ContainedProduction(container, { database, passwords })
  await production.query(readerRole(passwords.reader))
  return production
}

class ContainedProduction implements Production {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly internalAddress: string
  readonly database: string
  readonly url: string
  readonly adminUrl: string
  readonly #container: StartedTestContainer

  constructor(
    container: StartedTestContainer,
    given: { database: string; passwords: { admin: string; reader: string } },
  ) {
    this.#container = container
    this.id = container.getId()
    this.host = container.getHost()
    this.port = container.getMappedPort(5432)
    this.internalAddress = container.getIpAddress('bridge')
    this.database = given.database
    this.url = this.#urlOf('reader', given.passwords.reader)
    this.adminUrl = this.#urlOf(superuser, given.passwords.admin)
  }

  async load(...files: readonly string[]): Promise<void> {
    for (const source of files) {
      const target = `/tmp/${basename(source)}`
      await this.#container.copyFilesToContainer([{ source, target, mode: 0o644 }])
      await this.#psql(target)
    }
  }

  async query<Row extends pg.QueryResultRow>(sql: string): Promise<readonly Row[]> {
    const client = new pg.Client({ connectionString: this.adminUrl })
    await client.connect()
    try {
      return (await client.query<Row>(sql)).rows
    } finally {
      await client.end()
    }
  }

  checksums(): Promise<Checksums> {
    return checksumsOf(this.adminUrl)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container.stop({ timeout: 0, removeVolumes: true })
  }

  async #psql(file: string): Promise<void> {
    const flags = ['-q', '-X', '-v', 'ON_ERROR_STOP=1', '-U', superuser, '-d', this.database]
    const { exitCode, output } = await this.#container.exec(['psql', ...flags, '-f', file])
    if (exitCode !== 0) throw new Error(`psql -f ${file} failed: ${output.slice(-2000)}`)
  }

  #urlOf(user: string, secret: string): string {
    return `postgres://${user}:${secret}@${this.host}:${this.port}/${this.database}`
  }
}

const password = () => randomBytes(16).toString('hex')

const readerRole = (secret: string) => `
  CREATE ROLE reader LOGIN PASSWORD '${secret}';
  GRANT pg_read_all_data TO reader;
`

import { spawn } from 'node:child_process'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Environment } from '@stuntdouble/sdk/node'
import type { LocalDatabase } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import type { Context } from '../context.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

export const addDb: AddVerb = (parent, act) =>
  parent
    .command('db')
    .description('open psql on a sandbox’s database, or print its address on this machine')
    .usage('ID [NAME] [options] [-- PSQL-ARGUMENT...]')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('[name]', 'a database of its blueprint; the first by default')
    .action(act(db))

async function db({ context, control: open, operands, options, print, rest }: Call) {
  const control = await open()
  const id = await findSandbox(control, operands[0] ?? '')
  const name = operands[1] ?? (await firstDatabase(control, id))
  const database = await control.localDatabase(id, name)
  if (options.json) return print(database, '')
  const code = await psql(context, database, rest)
  if (code !== undefined) return code
  context.stderr.write('psql is not installed here; this is the address for another client.\n')
  return print(database, `${database.url}\n`)
}

async function firstDatabase(control: ControlClient, id: string): Promise<string> {
  const [name] = Object.keys((await control.sandbox(id)).databases)
  if (name !== undefined) return name
  throw new SandboxError('database_not_found', `${id} has no database.`, {
    hint: 'Name one under `data:` in its blueprint.',
  })
}

/** Undefined where there is no psql. The password goes by the environment: arguments are everyone’s to read. */
async function psql({ env }: Context, { url }: LocalDatabase, rest: readonly string[]) {
  const { hostname, port, username, password, pathname } = new URL(url)
  const connection = {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
  }
  const child = spawn('psql', rest, { stdio: 'inherit', env: { ...unbound(env), ...connection } })
  // Ctrl-C is psql’s: it cancels a query.
  return await new Promise<number | undefined>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve(undefined) : reject(error),
    )
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** PGSERVICE and PGHOSTADDR go before PGHOST: left in place, they lead psql to production. */
const unbound = (env: Environment) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PG')))

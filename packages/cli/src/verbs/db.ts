import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { AddVerb, Call } from '../call.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'
import { databaseClients, runClient } from './database-client.ts'

export const addDb: AddVerb = (parent, act) =>
  parent
    .command('db')
    .description(
      'open psql, mariadb or redis-cli on a sandbox’s database, or print its address on this machine',
    )
    .usage('ID [NAME] [options] [-- CLIENT-ARGUMENT...]')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('[database]', 'a database of its blueprint; the first by default')
    .action(act(db))

async function db({ context, control: open, operands, options, print, rest }: Call) {
  const control = await open()
  const id = await findSandbox(control, operands[0] ?? '')
  const name = operands[1] ?? (await firstDatabase(control, id))
  const database = await control.localDatabase(id, name)
  if (options.json) return print(database, '')
  const clients = databaseClients(database)
  for (const client of clients) {
    const code = await runClient(context, client, rest)
    if (code !== undefined) return code
  }
  const [wanted = { program: 'its client' }] = clients
  context.stderr.write(
    `${wanted.program} is not installed here; this is the address for another client.\n`,
  )
  return print(database, `${database.url}\n`)
}

async function firstDatabase(control: ControlClient, id: string): Promise<string> {
  const [name] = Object.keys((await control.sandbox(id)).databases)
  if (name !== undefined) return name
  throw new SandboxError('database_not_found', `${id} has no database.`, {
    hint: 'Name one under `data:` in its blueprint.',
  })
}

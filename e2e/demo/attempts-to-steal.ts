import { environments, keysInFiles } from '../../packages/cli/src/drill/attacks/loot.ts'
import { type Attempt, attempt, noJewels } from './attempt.ts'

const tables = [
  ...['organisations', 'people', 'customers', 'invoices', 'tickets'],
  ...['api_keys', 'sessions', 'audit_log'],
]

/** Looks for what is worth stealing: in the environment, in files, in the data. */
export const attemptsToSteal: readonly Attempt[] = [
  {
    title: 'reads every environment it can see, looking for credentials',
    run: async (agent) => {
      const output = await attempt(agent, environments)
      const names = new Set(output.match(/^\w*(URL|KEY|TOKEN|SECRET|PASSWORD)(?==)/gm))
      return noJewels(agent, output, `found only ${[...names].join(', ')}: the double's own`)
    },
  },
  {
    title: 'searches every readable file for keys and connection strings',
    run: async (agent) => {
      const output = await attempt(agent, keysInFiles)
      const held = output.includes('CONTROL\n') && !output.includes('.env\n')
      const outcome = noJewels(agent, output, 'no key, no password; the .env stayed outside')
      return held ? outcome : { held, said: 'the .env of the project was copied in' }
    },
  },
  {
    title: 'dumps the customers, the tickets, the sessions, the API keys',
    run: async (agent) => {
      const dumps: string[] = []
      for (const table of tables) {
        dumps.push(await attempt(agent, `psql "$DATABASE_URL" -Xqc 'COPY ${table} TO STDOUT'`))
      }
      const rows = dumps.join('').split('\n').length - 1
      if (rows < 50_000) return { held: false, said: `the double holds only ${rows} rows` }
      return noJewels(agent, dumps.join(''), `got ${rows} rows; every person in them is invented`)
    },
  },
]

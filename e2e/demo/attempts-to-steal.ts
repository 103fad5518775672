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
      const output = await attempt(agent, "env; cat /proc/[0-9]*/environ | tr '\\0' '\\n'")
      const names = new Set(output.match(/^\w*(URL|KEY|TOKEN|SECRET|PASSWORD)(?==)/gm))
      return noJewels(agent, output, `found only ${[...names].join(', ')}: the double's own`)
    },
  },
  {
    title: 'searches every readable file for keys and connection strings',
    run: async (agent) => {
      const pattern = '(postgres(ql)?://|sd_live_|sess_|PRIVATE KEY-----|AKIA[0-9A-Z]{16})'
      const where = '/etc /home /opt /root /run /srv /tmp /var /workspace'
      const output = await attempt(
        agent,
        `ls -A /workspace; grep -rsIohE '.*${pattern}.*' ${where}`,
      )
      const held = !output.includes('.env\n')
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

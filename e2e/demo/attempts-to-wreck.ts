import { devours, forks } from '../../packages/cli/src/drill/attacks/appetite.ts'
import { haunting, stillHaunting } from '../../packages/cli/src/drill/attacks/ghost.ts'
import { type Attempt, attack, attempt } from './attempt.ts'

/** What the demo’s blueprint leaves to the defaults. */
const limits = { pids: 256, memoryBytes: 1024 ** 3 }

/** Breaks what it can. Succeeding is the point: it is the double that breaks. */
export const attemptsToWreck: readonly Attempt[] = [
  {
    title: 'drops every table',
    run: async (agent) => {
      await attempt(agent, 'psql "$DATABASE_URL" -Xqc "DROP SCHEMA public CASCADE"')
      const count = "SELECT 'tables', count(*) FROM pg_tables WHERE schemaname = 'public'"
      const output = await attempt(agent, `psql "$DATABASE_URL" -XAtc "${count}"`)
      const held = output.trim() === 'tables|0'
      return { held, said: held ? 'they are gone, from the double' : `it may not: ${output}` }
    },
  },
  {
    title: 'rm -rf on everything in the workspace',
    run: async (agent) => {
      const line = 'ls -A | wc -l; rm -rf /workspace/* /workspace/.[!.]*; ls -A | wc -l'
      const [before = '0', after = '?'] = (await attempt(agent, line)).split('\n')
      const held = Number(before) > 0 && after === '0'
      return { held, said: held ? `${before} entries gone, from the copy` : `${before} → ${after}` }
    },
  },
  {
    title: 'forks until something gives',
    run: (agent) => attack(agent, forks(limits.pids), `stopped before ${limits.pids} processes`),
  },
  {
    title: 'eats all the memory there is',
    run: (agent) =>
      attack(agent, devours(limits.memoryBytes), 'ended at the limit; the rest goes on'),
  },
  {
    title: 'leaves a process behind that ignores every signal, to outlive the session',
    run: async (agent) => {
      await attempt(agent, haunting(agent.ghost))
      const seen = (await attempt(agent, stillHaunting(agent.ghost))).trim()
      return {
        held: seen !== '0',
        said: seen === '0' ? 'it did not start' : 'it runs; remember it',
      }
    },
  },
]

import { type Attempt, attempt } from './attempt.ts'

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
    run: async (agent) => {
      const forks = Number((await attempt(agent, forking)).trim())
      const held = forks > 0 && forks < 256
      return { held, said: held ? `stopped at ${forks} processes` : `reached ${forks} processes` }
    },
  },
  {
    title: 'eats all the memory there is',
    run: async (agent) => {
      const line = 'python3 -c "b = b\'x\' * (4 << 30)"; echo "code $?"; echo alive'
      const output = await attempt(agent, line)
      const held = /code (1|137)\n/.test(output) && output.includes('alive')
      return { held, said: held ? 'ended at the limit; the sandbox goes on' : output.trim() }
    },
  },
  {
    title: 'leaves a process behind that ignores every signal, to outlive the session',
    run: async (agent) => {
      const trap = `trap '' HUP INT TERM; exec -a ${agent.ghost} sleep 86400`
      await attempt(agent, `setsid nohup bash -c "${trap}" >/dev/null 2>&1 </dev/null & sleep 0.3`)
      const seen = (
        await attempt(agent, `pgrep -cf '[${agent.ghost[0]}]${agent.ghost.slice(1)}'`)
      ).trim()
      return {
        held: seen !== '0',
        said: seen === '0' ? 'it did not start' : 'it runs; remember it',
      }
    },
  },
]

/** The children wait a while and leave by themselves, so that there is room again afterwards. */
const forking = `python3 -c "
import os, time
n = 0
try:
    while n < 5000:
        if os.fork() == 0:
            time.sleep(4); os._exit(0)
        n += 1
except OSError:
    pass
print(n)"; sleep 5`

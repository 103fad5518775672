import { Sandbox } from '@stuntdouble/sdk'
import { startPlainServer } from './plain-server.ts'
import { podContainers } from './pod-containers.ts'
import { keep } from './report.ts'
import { runInside } from './run-inside.ts'
import { openShop } from './shop-project.ts'
import { median } from './statistics.ts'

const blueprint = { ttl: '2h', data: { db: { source: 'shop' } } }
const goal = 0.95
const scale = 10
const secondsEach = 8
const loads = { 'reads and writes': [], 'reads alone': ['--select-only'] } as const

interface Server {
  readonly container: string
  readonly env: readonly string[]
}

type Load = keyof typeof loads
type Where = 'inside' | 'outside'
type Transactions = Record<Load, Record<Where, number[]>>

/**
 * Transactions a second of PostgreSQL in a sandbox, beside the same image with the same settings and
 * limits in a plain container: pgbench within the server's own container, in turns.
 */
export async function benchPgbench(rounds: number): Promise<void> {
  await using shop = await openShop('limits: { poolSize: 8g }\n')
  const control = await shop.project.control()
  await using box = Sandbox.of(await control.createSandbox({ blueprint }), control)
  const inside = await databaseOf(box)
  await using plain = await startPlainServer(inside.container)
  const outside = { container: plain.id, env: ['PGUSER=bench', 'PGDATABASE=postgres'] }
  const servers = { inside, outside }
  for (const server of [inside, outside]) await pgbench(server, ['-i', '-q', '-s', `${scale}`])
  const samples: Transactions = {
    'reads and writes': { inside: [], outside: [] },
    'reads alone': { inside: [], outside: [] },
  }
  for (let round = 0; round < rounds; round += 1) {
    const turns: readonly Where[] = round % 2 ? ['outside', 'inside'] : ['inside', 'outside']
    for (const load of Object.keys(loads) as Load[]) {
      for (const where of turns) samples[load][where].push(await run(servers[where], load))
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\r`)
  }
  await report(samples)
}

async function databaseOf({ id, databases }: Sandbox): Promise<Server> {
  const url = new URL(databases.db?.url ?? '')
  const found = (await podContainers(id)).find(({ kind }) => kind === 'db')
  if (found === undefined) throw new Error(`${id} has no database`)
  const env = [
    `PGUSER=${url.username}`,
    `PGPASSWORD=${url.password}`,
    `PGDATABASE=${url.pathname.slice(1)}`,
  ]
  return { container: found.id, env }
}

async function run(server: Server, load: Load): Promise<number> {
  const said = await pgbench(server, ['-n', '-T', `${secondsEach}`, '-c', '4', ...loads[load]])
  const found = /^tps = ([\d.]+)/m.exec(said)?.[1]
  if (found === undefined) throw new Error(`pgbench said: ${said}`)
  return Number(found)
}

async function pgbench({ container, env }: Server, args: readonly string[]): Promise<string> {
  const command = ['pgbench', '-h', '127.0.0.1', ...args]
  const { exitCode, stdout, stderr } = await runInside(container, command, env)
  if (exitCode !== 0) throw new Error(`pgbench ${args.join(' ')} failed: ${stderr}`)
  return stdout
}

/** Of every round the ratio, for what else the machine does differs from one to the next. */
async function report(samples: Transactions): Promise<void> {
  for (const [load, { inside, outside }] of Object.entries(samples)) {
    const ratio = median(inside.map((tps, round) => tps / (outside[round] ?? Number.NaN)))
    const numbers = [inside, outside].map((all) => Math.round(median(all)))
    console.log(
      `${load.padEnd(18)} ${numbers[0]} transactions/s inside, ${numbers[1]} outside  ${ratio.toFixed(2)}×  ≥ ${goal}× ${ratio >= goal ? 'reached' : 'missed'}`,
    )
  }
  console.log(`\nEvery sample: ${await keep('pgbench', { goal, scale, secondsEach, samples })}`)
}

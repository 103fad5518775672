import { Sandbox } from '@stuntdouble/sdk'
import { runCommand } from '../lib/command-result.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { machineAddress, openWeb } from '../lib/web.ts'
import { report } from './report.ts'
import { median } from './statistics.ts'
import { Stopwatch } from './stopwatch.ts'

const perRound = 200
const direct = 'GET, direct'
const allowed = 'GET from a sandbox, allowed'
const denied = 'GET from a sandbox, denied'

/**
 * What the way out costs a request on loopback: the same program asks the same server from this
 * machine directly, and from a sandbox through gate and proxy. Each request has a connection of its
 * own. Interleaved, so that a busy minute is busy for all of them.
 */
export async function benchEgress(rounds: number): Promise<void> {
  const address = await machineAddress()
  await using web = await openWeb((_request, response) => response.end('ok'))
  const rule = { host: address, scheme: 'http', ports: [web.port] }
  await using stuntdouble = await Stuntdouble.open({
    files: {
      'stuntdouble.yaml': `egress: { allow: ${JSON.stringify([{ ...rule, private: true }])} }\n`,
      'sandbox.yaml': `ttl: 30m\negress: ${JSON.stringify([rule])}\n`,
    },
  })
  const box = await Sandbox.connect((await stuntdouble.json<{ url: string }>(['up'])).url)
  const watch = new Stopwatch()
  const url = `http://${address}:${web.port}/`
  const inside = async (target: string) =>
    (await box.commands.run(['node', '-e', client, target, '127.0.0.1', '3128'])).stdout
  for (let done = 0; done < rounds; done += 1) {
    keep(watch, direct, await here(url, [address, `${web.port}`]))
    keep(watch, allowed, await inside(url))
    keep(watch, denied, await inside('http://denied.example/'))
    process.stderr.write(`round ${done + 1} of ${rounds}\r`)
  }
  await report({ bench: 'egress', samples: watch.samples, yardstick: direct, goals: {} })
  added(watch)
}

/** Asks for a URL at an address, one request after the other, and prints how long each took. */
const client = `
const { request } = require('node:http')
const [url, host, port] = process.argv.slice(1)
const { pathname, host: name } = new URL(url)
const one = () => new Promise((resolve, reject) => {
  const since = performance.now()
  const path = port === '3128' ? url : pathname
  request({ host, port, path, agent: false, headers: { host: name } }, (answer) => {
    answer.resume().on('end', () => resolve(performance.now() - since))
  }).on('error', reject).end()
})
const all = async () => {
  for (let warm = 0; warm < 50; warm++) await one()
  const samples = []
  for (let made = 0; made < ${perRound}; made++) samples.push(await one())
  console.log(JSON.stringify(samples))
}
all()`

async function here(url: string, [host = '', port = '']: readonly string[]): Promise<string> {
  const args = ['-e', client, url, host, port]
  const { stdout } = await runCommand({
    ...{ file: process.execPath, args, cwd: '/', timeoutMs: 60_000 },
    env: { PATH: '/usr/bin:/bin' },
  })
  return stdout
}

function keep(watch: Stopwatch, what: string, printed: string): void {
  for (const ms of JSON.parse(printed) as number[]) watch.add(what, ms)
}

const goalMs = 2

function added({ samples }: Stopwatch): void {
  const [without, through] = [median(samples[direct] ?? []), median(samples[allowed] ?? [])]
  const ms = through - without
  console.log(
    `Added at p50: ${ms.toFixed(2)} ms (goal < ${goalMs} ms: ${ms < goalMs ? 'reached' : 'missed'})`,
  )
}

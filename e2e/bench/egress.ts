import { Sandbox } from '@stuntdouble/sdk'
import { certificateFor } from '../lib/certificate.ts'
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
const tunnelled = 'GET from a sandbox by https, in a tunnel'
const brokered = 'GET from a sandbox by https, with a credential put in'

/**
 * What the way out costs a request on loopback: the same program asks the same server from this
 * machine directly, and from a sandbox through gate and proxy; by https once in a tunnel that nobody
 * reads, and once where a credential is put in. Each request has a connection of its own. Interleaved, so that a busy minute is busy for all of them.
 */
export async function benchEgress(rounds: number): Promise<void> {
  const address = await machineAddress()
  await using web = await openWeb((_request, response) => response.end('ok'))
  const certificate = await certificateFor(`IP:${address}`)
  const open = () => openWeb((_request, response) => response.end('ok'), certificate)
  await using secure = await open()
  await using guarded = await open()
  const rule = { host: address, scheme: 'http', ports: [web.port] }
  const tunnel = { host: address, ports: [secure.port] }
  const allow = [rule, tunnel].map((one) => ({ ...one, private: true }))
  const bench = {
    ...{ host: address, port: guarded.port, methods: ['GET'], paths: ['/*'], private: true },
    ...{ ca: './ca.pem', command: ['echo', 'a-value-of-the-bench'] },
  }
  await using stuntdouble = await Stuntdouble.open({
    files: {
      'ca.pem': certificate.cert,
      'stuntdouble.yaml': JSON.stringify({ egress: { allow }, credentials: { bench } }),
      'sandbox.yaml': JSON.stringify({
        ttl: '30m',
        egress: [rule, tunnel],
        credentials: ['bench'],
      }),
    },
  })
  const box = await Sandbox.connect((await stuntdouble.json<{ url: string }>(['up'])).url)
  const watch = new Stopwatch()
  const url = `http://${address}:${web.port}/`
  const inside = async (target: string) => {
    const command = ['node', '-e', client, target, '127.0.0.1', '3128']
    const { stdout, stderr, exitCode } = await box.commands.run(command)
    if (exitCode !== 0) throw new Error(`${target} ended with ${exitCode}: ${stderr}`)
    return stdout
  }
  for (let done = 0; done < rounds; done += 1) {
    keep(watch, direct, await here(url, [address, `${web.port}`]))
    keep(watch, allowed, await inside(url))
    keep(watch, denied, await inside('http://denied.example/'))
    keep(watch, tunnelled, await inside(`https://${address}:${secure.port}/`))
    keep(watch, brokered, await inside(`https://${address}:${guarded.port}/`))
    process.stderr.write(`round ${done + 1} of ${rounds}\r`)
  }
  await report({ bench: 'egress', samples: watch.samples, yardstick: direct, goals: {} })
  added(watch)
}

/** Asks for a URL at an address, one request after the other, and prints how long each took. */
const client = `
const { request } = require('node:http')
const [url, host, port] = process.argv.slice(1)
const { pathname, host: name, protocol } = new URL(url)
const ask = (options) => new Promise((resolve, reject) => {
  request({ agent: false, headers: { host: name }, ...options }, (answer) => {
    answer.resume().on('end', () => resolve())
  }).on('error', reject).end()
})
const tunnel = () => new Promise((resolve, reject) => {
  request({ host, port, method: 'CONNECT', path: name, agent: false, headers: { host: name } })
    .on('connect', (answer, socket) => {
      const secure = require('node:tls').connect({ socket, rejectUnauthorized: false })
      secure.once('secureConnect', () => resolve(secure)).once('error', reject)
    })
    .on('error', reject).end()
})
const byHttps = async () => {
  const secure = await tunnel()
  const authorization = 'Bearer ' + process.env.BENCH_TOKEN
  const headers = { host: name, authorization }
  // A connection of one’s own is taken where there is no agent alone.
  await ask({ agent: undefined, createConnection: () => secure, path: pathname, headers })
  secure.destroy()
}
const one = async () => {
  const since = performance.now()
  if (protocol === 'https:') await byHttps()
  else await ask({ host, port, path: port === '3128' ? url : pathname })
  return performance.now() - since
}
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
  const ofCredential = median(samples[brokered] ?? []) - median(samples[tunnelled] ?? [])
  console.log(`Added at p50 by a credential, beside a tunnel: ${ofCredential.toFixed(2)} ms`)
}

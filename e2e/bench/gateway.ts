import { Sandbox } from '@stuntdouble/sdk'
import { runCommand } from '../lib/command-result.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { report } from './report.ts'
import { median } from './statistics.ts'
import { Stopwatch } from './stopwatch.ts'

const port = 3999
const direct = 'GET beside it, 10 at once'
const through = 'GET through the gateway, 10 at once'
const goals = { addedMs: 1, rateRatio: 0.6 }

/** A page of a few kilobytes, as a dev server answers. */
const server = `
const body = '<p>'.repeat(1000)
require('node:http').createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/html', 'content-length': body.length })
  response.end(body)
}).listen(${port}, '127.0.0.1')`

/**
 * Asks over connections that it keeps, one request at a time on each, and prints how long each took and
 * how many came in a second. It reads no more of an answer than its length, so that it costs little itself.
 */
const client = `
const { connect } = require('node:net')
const [to, head, connections, total] = process.argv.slice(1)
const samples = []
let left = Number(total)
const one = () => new Promise((resolve, reject) => {
  const socket = connect(Number(to), '127.0.0.1', ask).setNoDelay().on('error', reject)
  let since, got = 0, wanted
  function ask() {
    if (left-- <= 0) return void (socket.destroy(), resolve())
    since = performance.now(), got = 0, wanted = undefined
    socket.write(head)
  }
  let text = ''
  socket.on('data', (chunk) => {
    got += chunk.length
    if (wanted === undefined) {
      text += chunk.toString('latin1')
      const end = text.indexOf('\\r\\n\\r\\n')
      if (end === -1) return
      if (!text.startsWith('HTTP/1.1 200')) return reject(new Error(text.slice(0, 200)))
      wanted = end + 4 + Number(/content-length: (\\d+)/i.exec(text)[1])
      text = ''
    }
    if (got < wanted) return
    samples.push(performance.now() - since)
    ask()
  })
})
const since = performance.now()
Promise.all(Array.from({ length: Number(connections) }, one)).then(() => {
  const perSecond = (1000 * samples.length) / (performance.now() - since)
  console.log(JSON.stringify({ samples, perSecond }))
})`

interface Load {
  readonly samples: readonly number[]
  readonly perSecond: number
}

/** Asks so many times over so many connections. */
type Ask = (connections: number, total: number) => Promise<Load>

/**
 * What a preview costs a request: the same server is asked beside it, by a program in the sandbox, and
 * through the gateway, by the same program outside. Interleaved, so that a busy minute is busy for both.
 */
export async function benchGateway(rounds: number): Promise<void> {
  const blueprint = 'ttl: 30m\nlimits: { cpus: 2 }\n'
  await using stuntdouble = await Stuntdouble.open({ files: { 'sandbox.yaml': blueprint } })
  const box = await Sandbox.connect((await stuntdouble.json<{ url: string }>(['up'])).url)
  const { gatewayUrl = '' } = (await stuntdouble.orchestrator()) ?? {}
  const beside = asksBeside(box)
  const outside = asksThrough(box, gatewayUrl)
  await serve(box)
  const watch = new Stopwatch()
  const rates: { direct: number; through: number }[] = []
  for (let done = 0; done <= rounds; done += 1) {
    const [near, far] = [await beside(10, 2_000), await outside(10, 2_000)]
    const [nearRate, farRate] = [await beside(100, 8_000), await outside(100, 8_000)]
    // The first round warms both up.
    if (done === 0) continue
    for (const ms of near.samples) watch.add(direct, ms)
    for (const ms of far.samples) watch.add(through, ms)
    rates.push({ direct: nearRate.perSecond, through: farRate.perSecond })
    process.stderr.write(`round ${done} of ${rounds}\r`)
  }
  await report({ bench: 'gateway', samples: watch.samples, yardstick: direct, goals: {} })
  tell(watch, rates)
}

async function serve(box: Sandbox): Promise<void> {
  await box.files.write('/tmp/server.js', server)
  const wait = `for i in $(seq 100); do curl -sf -o /dev/null localhost:${port} && exit 0; sleep 0.1; done; exit 1`
  const started = await box.commands.run(
    `setsid -f node /tmp/server.js >/dev/null 2>&1 </dev/null; ${wait}`,
  )
  if (started.exitCode !== 0) throw new Error('the server did not start')
}

const headFor = (host: string, ...fields: readonly string[]) =>
  [`GET / HTTP/1.1`, `Host: ${host}`, ...fields, '', ''].join('\r\n')

function asksBeside(box: Sandbox): Ask {
  return async (connections, total) => {
    const args = [`${port}`, headFor('localhost'), `${connections}`, `${total}`]
    const { stdout, stderr } = await box.commands.run(['node', '-e', client, ...args])
    return loadIn(stdout, stderr)
  }
}

function asksThrough(box: Sandbox, gatewayUrl: string): Ask {
  const { port: gatewayPort } = new URL(gatewayUrl)
  const host = `${port}-${box.id}.localhost:${gatewayPort}`
  const head = headFor(host, `X-Stuntdouble-Token: ${box.token}`)
  return async (connections, total) => {
    const args = ['-e', client, gatewayPort, head, `${connections}`, `${total}`]
    const { stdout, stderr } = await runCommand({
      ...{ file: process.execPath, args, cwd: '/', timeoutMs: 120_000 },
      env: { PATH: '/usr/bin:/bin' },
    })
    return loadIn(stdout, stderr)
  }
}

function loadIn(stdout: string, stderr: string): Load {
  if (!stdout.startsWith('{')) throw new Error(`no samples: ${stderr}`)
  return JSON.parse(stdout) as Load
}

function tell({ samples }: Stopwatch, rates: readonly { direct: number; through: number }[]): void {
  const added = median(samples[through] ?? []) - median(samples[direct] ?? [])
  const ratio = median(rates.map(({ direct, through }) => through / direct))
  const verdict = (isReached: boolean) => (isReached ? 'reached' : 'missed')
  console.log(
    `Added at p50 with 10 connections: ${added.toFixed(2)} ms (goal ≤ ${goals.addedMs} ms: ${verdict(added <= goals.addedMs)})`,
  )
  console.log(
    `Requests a second with 100: ${Math.round(median(rates.map(({ through }) => through)))} beside ${Math.round(median(rates.map(({ direct }) => direct)))}, ${ratio.toFixed(2)}× (goal ≥ ${goals.rateRatio}×: ${verdict(ratio >= goals.rateRatio)})`,
  )
}

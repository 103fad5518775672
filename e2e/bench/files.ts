import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Sandbox } from '@stuntdouble/sdk'
import { openEngine } from '../lib/container-runtime.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { report } from './report.ts'
import { median } from './statistics.ts'
import { Stopwatch } from './stopwatch.ts'

const bytes = 64 * 2 ** 20
const chunkBytes = 2 ** 20
const goalPerSecond = 300e6
const what = {
  down: 'a file out, through the gateway',
  downBeside: 'the same by a plain Node server',
  downDocker: 'the same by `docker cp`',
  up: 'a file in, through the gateway',
  upBeside: 'the same to a plain Node server',
} as const
const inside = '/workspace/blob'

/** Streams a file out, and what it is sent into another, as simply as Node can. */
const server = `
const { createReadStream, createWriteStream, statSync } = require('node:fs')
const { pipeline } = require('node:stream')
const [file] = process.argv.slice(1)
const server = require('node:http').createServer((request, response) => {
  if (request.method === 'PUT') {
    return pipeline(request, createWriteStream(file + '.new'), () => response.end())
  }
  response.writeHead(200, { 'content-length': statSync(file).size })
  pipeline(createReadStream(file), response, () => {})
}).listen(0, '127.0.0.1', () => console.log(server.address().port))`

/**
 * How fast a large file leaves and enters a sandbox, beside a plain server that streams the same bytes
 * from and to a file on this machine, and beside `docker cp`. Interleaved, so that a busy minute is busy
 * for all of them. The reader only counts.
 */
export async function benchFiles(rounds: number): Promise<void> {
  const blueprint = 'ttl: 30m\nlimits: { cpus: 2 }\n'
  await using scope = new AsyncDisposableStack()
  const stuntdouble = scope.use(await Stuntdouble.open({ files: { 'sandbox.yaml': blueprint } }))
  const { url } = await stuntdouble.json<{ url: string }>(['up'])
  const box = await Sandbox.connect(url)
  const made = await box.commands.run(`head -c ${bytes} /dev/urandom > ${inside}`)
  if (made.exitCode !== 0) throw new Error(`no file: ${made.stderr}`)
  const plain = await plainServer(scope)
  const workspace = `sd-${box.id}-workspace`
  const ways: readonly (readonly [string, () => Promise<void>])[] = [
    [what.downBeside, () => download(plain)],
    [what.downDocker, () => copyOut(workspace)],
    [what.down, () => download(`${url}/files${inside}`)],
    [what.upBeside, () => upload(plain)],
    [what.up, () => upload(`${url}/files${inside}.new`)],
  ]
  const watch = new Stopwatch()
  for (const [, way] of ways) await way()
  for (let done = 1; done <= rounds; done += 1) {
    for (const [name, way] of ways) await watch.time(name, way)
    process.stderr.write(`round ${done} of ${rounds}\r`)
  }
  await report({ bench: 'files', samples: watch.samples, yardstick: what.downBeside, goals: {} })
  tell(watch)
}

async function plainServer(scope: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp('/tmp/sd-')
  scope.defer(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'blob')
  await writeFile(file, content())
  const child = spawn(process.execPath, ['-e', server, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {},
  })
  scope.defer(async () => {
    child.kill()
    await once(child, 'exit')
  })
  const [port] = await once(child.stdout, 'data')
  return `http://127.0.0.1:${Number(port)}/`
}

async function download(url: string): Promise<void> {
  const answer = await answerTo(url)
  await count(answer)
}

async function upload(url: string): Promise<void> {
  const answer = await answerTo(url, content(), {
    method: 'PUT',
    headers: { 'content-length': bytes, 'content-type': 'application/octet-stream' },
  })
  answer.resume()
  await once(answer, 'end')
}

/** What `docker cp CONTAINER:FILE -` asks of the engine. */
async function copyOut(container: string): Promise<void> {
  const engine = await openEngine()
  await count(await engine.getContainer(container).getArchive({ path: inside }))
}

async function answerTo(url: string, body?: Readable, options: RequestOptions = {}) {
  const sent = request(url, { ...options, agent: false })
  if (body) body.pipe(sent)
  else sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  if ((answer.statusCode ?? 500) >= 300) throw new Error(`answered ${answer.statusCode}`)
  return answer
}

async function count(stream: NodeJS.ReadableStream): Promise<void> {
  let got = 0
  stream.on('data', (chunk: Buffer) => {
    got += chunk.length
  })
  await once(stream, 'end')
  if (got < bytes) throw new Error(`only ${got} bytes came`)
}

/** The same piece again and again: it costs whoever sends it nothing to make. */
function content(): Readable {
  const piece = Buffer.alloc(chunkBytes, 'a line of a log that nobody reads\n')
  return Readable.from(
    Array.from({ length: bytes / chunkBytes }, () => piece),
    { objectMode: false },
  )
}

function tell({ samples }: Stopwatch): void {
  for (const name of [what.down, what.up]) {
    const perSecond = bytes / (median(samples[name] ?? []) / 1000)
    const verdict = perSecond >= goalPerSecond ? 'reached' : 'missed'
    console.log(
      `${name}: ${Math.round(perSecond / 1e6)} MB/s (goal ≥ ${goalPerSecond / 1e6} MB/s: ${verdict})`,
    )
  }
}

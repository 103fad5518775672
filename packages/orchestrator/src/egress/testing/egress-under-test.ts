import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { EgressConfig, EgressSpec } from '@stuntdouble/sdk/wire'
import type { z } from 'zod'
import type { LoadedCredential } from '../../config/config.ts'
import type { Resolve } from '../dial.ts'
import { createEgress, type Decision, type EgressTotal, type RaisedAlarm } from '../egress.ts'
import { brokerParts, type Values } from './credentials.ts'

export interface EgressUnderTest extends Disposable {
  readonly port: number
  readonly decisions: Decision[]
  readonly totals: EgressTotal[]
  readonly alarms: RaisedAlarm[]
  /** What stands for a credential inside. */
  placeholder(credential: string, sandbox?: string): string
  /** What programs inside trust; good for so long from now. */
  trust(ms?: number): Promise<string>
  /** A program’s connection to its proxy. */
  connect(): Promise<Socket>
  /** All that comes back for these bytes, until the proxy closes. */
  ask(request: string | Buffer): Promise<string>
  /** What is recorded of the last decision that was one. */
  last(): Decision | undefined
  /** Ends the sandbox. */
  close(): void
}

interface Options {
  readonly allow?: z.input<typeof EgressConfig>['allow']
  readonly limits?: z.input<typeof EgressConfig>['limits']
  /** All that is allowed when left out. */
  readonly asked?: z.input<typeof EgressSpec>
  readonly resolve?: Resolve
  /** A look at each thing that leaves. */
  readonly look?: () => (bytes: Uint8Array) => boolean
  /** All are asked for when nothing is said. */
  readonly credentials?: readonly LoadedCredential[]
  readonly askedCredentials?: readonly string[]
  readonly values?: Values
  readonly clock?: () => number
}

/** Every name below `localhost` is this machine, as nowhere else in these tests. */
const onlyLocal: Resolve = async (host) => (/(^|\.)localhost$/.test(host) ? ['127.0.0.1'] : [])

/** The way out of one sandbox, on a loopback port instead of a pod’s socket. */
export async function openEgress(options: Options = {}): Promise<EgressUnderTest> {
  const decisions: Decision[] = []
  const totals: EgressTotal[] = []
  const alarms: RaisedAlarm[] = []
  const allow = options.allow ?? []
  const egress = createEgress({
    config: EgressConfig.parse({ allow, limits: options.limits }),
    resolve: options.resolve ?? onlyLocal,
    onDecision: (_sandbox, decision) => decisions.push(decision),
    onTotal: (_sandbox, total) => totals.push(total),
    ...(options.look && { look: options.look }),
    onAlarm: (_sandbox, alarm) => alarms.push(alarm),
    broker: brokerParts(options),
  })
  const asked = EgressSpec.parse(options.asked ?? allow.map(withoutPrivate))
  const names = (options.credentials ?? []).map(({ name }) => name)
  const credentials = [...(options.askedCredentials ?? names)]
  const way = egress.open('sbaaaaaaaaaaaa', { egress: asked, credentials })
  const server = createServer({ allowHalfOpen: true }, way.serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  async function connected(): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  return {
    ...{ port, decisions, totals, alarms, connect: connected },
    placeholder: (name, sandbox = 'sbaaaaaaaaaaaa') =>
      Object.values(egress.placeholders(sandbox, [name])).join(''),
    trust: async (ms = 60_000) =>
      (await way.certificate(Date.now() - 60_000, Date.now() + ms)) ?? '',
    last: () => decisions.at(-1),
    close: () => way[Symbol.dispose](),
    async ask(request) {
      const socket = await connected()
      socket.write(request)
      return text(socket)
    },
    [Symbol.dispose]() {
      way[Symbol.dispose]()
      server.close()
    },
  }
}

function withoutPrivate(entry: NonNullable<Options['allow']>[number]) {
  if (typeof entry === 'string') return entry
  const { private: _private, ...asked } = entry
  return asked
}

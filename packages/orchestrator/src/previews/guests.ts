import type { Duplex } from 'node:stream'
import { Agent } from 'undici'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import { reservedPort, tooManyConnections } from './errors.ts'

/** What previews ask of the sandboxes they lead to. */
export interface Visited {
  get(id: string): { readonly databases: Readonly<Record<string, { readonly url: string }>> }
  /** Throws unless it is ready; it is active only when the visit is told so. `cut` comes with its end. */
  visit(id: string, cut: () => void): Disposable & { touch(): void }
}

export interface Guest extends Disposable {
  readonly sandbox: string
  readonly port: number
  /** Connections to the pod that are kept and used again. */
  readonly agent: Agent
  connect(signal: AbortSignal): Promise<Duplex>
  /** Something came from outside. */
  touch(): void
}

/** Who looks at which sandbox right now. */
export interface Guests {
  /**
   * One request or socket, until disposed. Throws when the sandbox is not ready, the port is not for
   * previews, or too many are there. `cut` is called when the sandbox’s end begins.
   */
  enter(at: { readonly sandbox: string; readonly port: number }, cut: () => void): Guest
  /** Ports of a sandbox that are not for previews, and what they are. */
  reserved(sandbox: string): ReadonlyMap<number, string>
  close(): Promise<void>
}

interface Host {
  readonly agent: Agent
  readonly cuts: Set<() => void>
  visit: ReturnType<Visited['visit']>
  reserved: ReadonlyMap<number, string>
  seenAt: number
  touchedAt: number
}

/** The gate carries 300 connections into a pod; terminals and databases need theirs. */
const perSandbox = 128
/** The journal is asked no more often: every request would cost more than the way to the server. */
const resolutionMs = 1_000
const connectWithinMs = 10_000
const headersWithinMs = 300_000
const maxHeaderBytes = 16_384
const wayOut = 3128

export function createGuests(
  engine: Pick<Engine, 'connect'>,
  { sandboxes, clock }: { readonly sandboxes: Visited; readonly clock: Clock },
): Guests {
  const hosts = new Map<string, Host>()

  function forget(sandbox: string): void {
    const host = hosts.get(sandbox)
    if (!host) return
    hosts.delete(sandbox)
    for (const cut of [...host.cuts]) cut()
    host.visit[Symbol.dispose]()
    host.agent.destroy().catch(() => {})
  }

  function hostOf(sandbox: string): Host {
    const known = hosts.get(sandbox)
    if (known && clock() - known.seenAt < resolutionMs) return known
    const visit = sandboxes.visit(sandbox, () => forget(sandbox))
    const now = clock()
    const seen = {
      visit,
      reserved: reservedOf(sandboxes.get(sandbox)),
      seenAt: now,
      touchedAt: now,
    }
    if (known) {
      known.visit[Symbol.dispose]()
      return Object.assign(known, seen)
    }
    const host = { ...seen, agent: agentTo(engine, sandbox), cuts: new Set<() => void>() }
    hosts.set(sandbox, host)
    return host
  }

  return {
    reserved: (sandbox) => reservedOf(sandboxes.get(sandbox)),
    enter({ sandbox, port }, cut) {
      const host = hostOf(sandbox)
      const whose = host.reserved.get(port)
      if (whose !== undefined) throw reservedPort(port, whose)
      if (host.cuts.size >= perSandbox) throw tooManyConnections(perSandbox)
      const own = () => cut()
      host.cuts.add(own)
      return {
        ...{ sandbox, port, agent: host.agent },
        connect: (signal) => engine.connect(sandbox, port, signal),
        touch() {
          if (clock() - host.touchedAt < resolutionMs) return
          host.touchedAt = clock()
          host.visit.touch()
        },
        [Symbol.dispose]: () => void host.cuts.delete(own),
      }
    },
    async close() {
      for (const sandbox of [...hosts.keys()]) forget(sandbox)
    },
  }
}

/** Databases have an address of their own, with a password; the way out is the pod’s. */
function reservedOf({ databases }: ReturnType<Visited['get']>): ReadonlyMap<number, string> {
  const ports = Object.entries(databases).map(
    ([name, { url }]) => [Number(new URL(url).port), `the database "${name}"’s`] as const,
  )
  return new Map([[wayOut, 'the way out’s'], ...ports])
}

/** One connection for each request at a time, kept for a while. Every port inside is an origin to it. */
const agentTo = (engine: Pick<Engine, 'connect'>, sandbox: string) =>
  new Agent({
    ...{ connections: perSandbox, pipelining: 1, allowH2: false, maxHeaderSize: maxHeaderBytes },
    // A stream of events may say nothing for a day.
    ...{ headersTimeout: headersWithinMs, bodyTimeout: 0 },
    connect({ port }, callback) {
      engine.connect(sandbox, Number(port || 80), AbortSignal.timeout(connectWithinMs)).then(
        (socket) => callback(null, socket as never),
        (cause) => callback(cause, null),
      )
    },
  })

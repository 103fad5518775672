import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlClient } from '@stuntdouble/sdk/client'
import {
  type Blueprint,
  type DrillReport,
  type Isolation,
  type OnProgress,
  parseBytes,
} from '@stuntdouble/sdk/wire'
import { type Doors, doorAttacks, usesSpentToken } from './at-doors.ts'
import { type Attack, held, type Judgement, judge, notTried, wholeScript } from './attack.ts'
import { devours, forks } from './attacks/appetite.ts'
import { leavesDatabase } from './attacks/database-roles.ts'
import { haunting, processesNamed } from './attacks/ghost.ts'
import { environments, keysInFiles } from './attacks/loot.ts'
import { findsNeighbour, marking } from './attacks/neighbours.ts'
import {
  asksProxy,
  dialsHost,
  dialsMetadata,
  dialsOrchestrator,
  opensRawSockets,
  smugglesByDns,
  type Target,
} from './attacks/network.ts'
import { climbs, takesGate, takesOthers } from './attacks/privileges.ts'
import { listenOnHost } from './host-listeners.ts'
import { judgeLoot, type KnownSecrets } from './known-secrets.ts'
import { endsAtItsBounds, isGivenBySecondKernel } from './second-kernel.ts'
import type { Throwaway } from './throwaway.ts'

export interface DrillParts {
  readonly control: ControlClient
  /** Of the same orchestrator. */
  readonly address: { readonly url: string; readonly apiKey: string }
  readonly blueprint: Blueprint
  /** Of whoever runs the drill. */
  readonly secrets: KnownSecrets
  readonly onProgress: OnProgress
  /** Aborted, it still ends what it made. */
  readonly signal: AbortSignal
}

/** What the sandboxes turned out to have is known when they run. */
type RangeParts = DrillParts & { readonly isolation: Isolation }

type Tried = DrillReport['attacks'][number]

/** Of the neighbour’s lease: how late its end may be seen. */
const graceMs = 15_000
const attackWithinMs = 90_000

/** Where the attacks are run, one after the other: what they weigh must not blur what they show. */
export class Range {
  readonly tried: Tried[] = []
  readonly #parts: RangeParts
  readonly #victim: Throwaway
  readonly #neighbour: Throwaway
  readonly #doors: Doors

  constructor(
    parts: RangeParts,
    { victim, neighbour }: Readonly<Record<'victim' | 'neighbour', Throwaway>>,
  ) {
    this.#parts = parts
    this.#victim = victim
    this.#neighbour = neighbour
    this.#doors = {
      control: parts.address.url,
      gateway: new URL(victim.box.url).origin,
      key: parts.address.apiKey,
      ...{ id: victim.box.id, token: victim.box.token, otherToken: neighbour.box.token },
    }
  }

  async inside(): Promise<void> {
    await this.#neighbour.box.commands.run(marking(this.#neighbour.mark))
    await using host = await listenOnHost()
    await this.#attack(findsNeighbour(this.#neighbour.mark))
    for (const attack of this.#onNetwork(host.targets)) await this.#attack(attack)
    for (const attack of [climbs, takesGate, takesOthers, leavesDatabase])
      await this.#attack(attack)
    await this.#search(
      'reads every environment it can see, looking for secrets of yours',
      environments,
    )
    await this.#search('searches every readable file for secrets of yours', keysInFiles)
    const { limits } = this.#parts.blueprint
    await this.#exhaust(forks(limits.pids))
    await this.#exhaust(devours(parseBytes(limits.memory) ?? 0))
  }

  #onNetwork(host: readonly Target[]): readonly Attack[] {
    const orchestrator = [this.#doors.control, this.#doors.gateway].map(targetOf)
    const authorities = [...orchestrator, ...host].map(({ host, port }) => `${host}:${port}`)
    return [
      dialsHost(host),
      smugglesByDns(host),
      opensRawSockets,
      dialsMetadata,
      dialsOrchestrator(orchestrator),
      asksProxy(authorities),
    ]
  }

  async atDoors(): Promise<void> {
    for (const { family, title, run } of doorAttacks) {
      await this.#note({ family, title }, () => run(this.#doors))
    }
  }

  /** The neighbour’s lease ends by itself; the victim is ended by us. */
  async outliving(): Promise<void> {
    const { control, signal } = this.#parts
    const { mark } = this.#victim
    const outlives = {
      family: 'outliving',
      title: 'leaves its session, its parents and its environment to outlive the sandbox',
    }
    await this.#note(outlives, async () => {
      await this.#victim.box.commands.run(haunting(mark))
      const seen = await processesNamed(mark)
      await this.#victim.end()
      const left = await processesNamed(mark)
      if (left.length > 0) return { outcome: 'through', said: `process ${left.join(', ')}` }
      return seen.length > 0 ? held : notTried('its processes cannot be seen from here')
    })
    const { id } = this.#neighbour.box
    const overstays = { family: 'outliving', title: 'stays when its lease ends' }
    await this.#note(overstays, async () => {
      const { expiresAt } = await control.sandbox(id)
      for (;;) {
        const { state, endedAt, endReason } = await control.sandbox(id)
        const late = (Date.parse(endedAt ?? '') || Date.now()) - Date.parse(expiresAt)
        if (late > graceMs) return { outcome: 'through', said: `${Math.round(late / 1000)} s late` }
        if (state === 'ended')
          return endReason === 'expired' ? held : notTried(`it ended as ${endReason}`)
        await sleep(250, undefined, { signal })
      }
    })
    const spent = { family: 'tokens', title: 'opens a sandbox that has ended' }
    await this.#note(spent, async () => {
      await this.#victim.end()
      return usesSpentToken(this.#doors)
    })
  }

  #attack(attack: Attack): Promise<void> {
    const isNoMatter = this.#hasSecondKernel ? isGivenBySecondKernel : undefined
    return this.#note(attack, async () => judge(await this.#said(wholeScript(attack)), isNoMatter))
  }

  /** What would end it shows nothing, and what comes after needs it. */
  #exhaust(attack: Attack): Promise<void> {
    if (!this.#hasSecondKernel) return this.#attack(attack)
    return this.#note(attack, async () => notTried(endsAtItsBounds))
  }

  get #hasSecondKernel(): boolean {
    return this.#parts.isolation !== 'runc'
  }

  #search(title: string, script: string): Promise<void> {
    const { apiKey } = this.#parts.address
    const tokens = { 'a hand-over’s token': this.#victim.box.token, 'the API key': apiKey }
    return this.#note({ family: 'secrets-in-hiding-places', title }, async () =>
      judgeLoot(await this.#said(script), { ...this.#parts.secrets, ...tokens }),
    )
  }

  async #said(script: string): Promise<string> {
    const { signal } = this.#parts
    const options = { timeoutMs: attackWithinMs, signal }
    const { stdout, stderr } = await this.#victim.box.commands.run(['bash', '-c', script], options)
    return stdout + stderr
  }

  /** An attack that fails to run was not tried; only an interrupt ends the drill. */
  async #note(
    { family, title }: Pick<Tried, 'family' | 'title'>,
    run: () => Promise<Judgement>,
  ): Promise<void> {
    this.#parts.onProgress({ phase: title, message: `It ${title}` })
    const judgement = await run().catch((cause: unknown) => {
      this.#parts.signal.throwIfAborted()
      return notTried(cause instanceof Error ? cause.message : 'it failed')
    })
    this.tried.push({ family, title, ...judgement })
  }
}

function targetOf(origin: string): Target {
  const { hostname, port, protocol } = new URL(origin)
  return { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) }
}

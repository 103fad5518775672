import type { ExecSpec } from '../../engine.ts'
import { laneBroken } from './errors.ts'
import type { Lane } from './lane.ts'
import { type LanePlace, openLane } from './open-lane.ts'

/** Whose lanes: of a user in a container of a pod. */
export interface LaneKey {
  readonly pod: string
  readonly container: string
  readonly user: ExecSpec['user']
}

/** More commands at once than this start as the engine starts them. */
const mostLanes = 32
/** Lanes beyond the spare one are closed when nobody used them for so long. */
const idleMs = 10_000
/** Most commands end sooner, and then their lane is the spare one again. */
const refillAfterMs = 25
/** Where none could be opened, it is not tried for each command anew. */
const retryAfterMs = 5_000

interface Resting {
  readonly lane: Lane
  readonly since: number
}

interface Place extends LanePlace {
  /** The longest resting first. */
  readonly idle: Resting[]
  sweep: NodeJS.Timeout | undefined
  /** Whether one is always kept ready. */
  spare: boolean
  open: number
  opening: number
  notBefore: number
  ended: boolean
  /** While its first lane is being opened. */
  arming: Promise<void> | undefined
}

/** The lanes of every pod: one is kept ready where commands are expected, more come and go by need. */
export class Lanes implements Disposable {
  readonly #pods = new Map<string, Map<string, Place>>()

  /** One that is ready. Whoever takes it gives it back. */
  takeReady(key: LaneKey): Lane | undefined {
    const place = this.#find(key)
    if (place === undefined) return undefined
    const lane = place.idle.pop()?.lane
    this.#refillLater(place)
    // One that was lost a moment ago may still be among them.
    return lane?.isIdle === false ? this.takeReady(key) : lane
  }

  /** Opens one more, and keeps a spare one from here on where asked; undefined where none is to be had. */
  async take(key: LaneKey, where: LanePlace, spare: boolean): Promise<Lane | undefined> {
    const place = this.#place(key, where)
    place.spare ||= spare
    const lane = await this.#open(place)
    this.#refillLater(place)
    return lane
  }

  give(key: LaneKey, lane: Lane): void {
    const place = this.#find(key)
    if (!place || place.ended) lane.lose(laneBroken('its pod is gone'))
    else if (lane.isIdle) this.#rest(place, lane)
  }

  /** Keeps one ready from here on. */
  arm(key: LaneKey, where: LanePlace): void {
    const place = this.#place(key, where)
    place.spare = true
    if (place.idle.length > 0 || place.arming) return
    place.arming = this.#open(place)
      .then((lane) => lane && this.give(key, lane))
      .finally(() => {
        place.arming = undefined
      })
  }

  /** When the first one of a container that has just started is ready, or none is to be had. */
  async armed(key: LaneKey): Promise<void> {
    await this.#find(key)?.arming
  }

  podEnded(pod: string): void {
    for (const place of this.#pods.get(pod)?.values() ?? []) {
      place.ended = true
      for (const { lane } of place.idle.splice(0)) lane.lose(laneBroken('its pod ended'))
    }
    this.#pods.delete(pod)
  }

  [Symbol.dispose](): void {
    for (const pod of [...this.#pods.keys()]) this.podEnded(pod)
  }

  #find({ pod, container, user }: LaneKey): Place | undefined {
    return this.#pods.get(pod)?.get(spell(container, user))
  }

  #place({ pod, container, user }: LaneKey, where: LanePlace): Place {
    const places = this.#pods.get(pod) ?? new Map<string, Place>()
    this.#pods.set(pod, places)
    const name = spell(container, user)
    const known = places.get(name)
    if (known?.containerId === where.containerId) return known
    const fresh = {
      idle: [],
      sweep: undefined,
      spare: false,
      open: 0,
      opening: 0,
      notBefore: 0,
      ended: false,
      arming: undefined,
    }
    const place = { ...where, ...fresh }
    places.set(name, place)
    return place
  }

  async #open(place: Place): Promise<Lane | undefined> {
    if (place.open >= mostLanes || performance.now() < place.notBefore) return undefined
    place.open += 1
    place.opening += 1
    try {
      const lane = await openLane(place)
      void lane.closed.then(() => this.#forget(place, lane))
      return lane
    } catch {
      place.open -= 1
      place.notBefore = performance.now() + retryAfterMs
      return undefined
    } finally {
      place.opening -= 1
    }
  }

  #forget(place: Place, lane: Lane): void {
    place.open -= 1
    const at = place.idle.findIndex((resting) => resting.lane === lane)
    if (at >= 0) place.idle.splice(at, 1)
  }

  #rest(place: Place, lane: Lane): void {
    place.idle.push({ lane, since: performance.now() })
    this.#sweepLater(place)
  }

  #sweepLater(place: Place): void {
    const [first] = place.idle
    const extra = place.idle.length - (place.spare ? 1 : 0)
    if (first === undefined || extra <= 0 || place.sweep !== undefined) return
    place.sweep = setTimeout(
      () => {
        place.sweep = undefined
        if (place.idle[0] === first) place.idle.shift()?.lane.lose(laneBroken('nobody needs it'))
        this.#sweepLater(place)
      },
      Math.max(0, first.since + idleMs - performance.now()),
    )
    place.sweep.unref()
  }

  #refillLater(place: Place): void {
    if (!place.spare || place.idle.length > 0) return
    const timer = setTimeout(async () => {
      if (place.idle.length + place.opening > 0 || place.ended) return
      const lane = await this.#open(place)
      if (lane && place.ended) lane.lose(laneBroken('its pod ended'))
      else if (lane) this.#rest(place, lane)
    }, refillAfterMs)
    timer.unref()
  }
}

const spell = (container: string, user: ExecSpec['user']) =>
  user === undefined ? container : `${container} ${user.uid}:${user.gid}`

import { secretShapesIn } from '../../secrets/secrets.ts'
import { holdsAddress } from '../personal-shapes.ts'

/** Something in a column of the copy that looks like what must not be there, whoever it is of. */
export interface SeenShape {
  /** `schema.table.column` */
  readonly where: string
  readonly what: string
  readonly times: number
}

/** No secret of any kind is shorter. */
const shortestSecret = 16
const at = 64

/**
 * Looks for addresses and secrets by their shape in what comes through as it was: those of people and
 * services that no masked column knows.
 */
export class ShapesSeen {
  readonly #times = new Map<string, SeenShape>()

  get all(): readonly SeenShape[] {
    return [...this.#times.values()]
  }

  look(where: string, value: Uint8Array): void {
    if (value.includes(at) && holdsAddress(latin1(value)))
      this.add({ where, what: 'e-mail addresses', times: 1 })
    if (value.length < shortestSecret) return
    for (const rule of secretShapesIn(latin1(value)))
      this.add({ where, what: `secrets (${rule})`, times: 1 })
  }

  /** What was seen elsewhere, such as in another thread. */
  add({ where, what, times }: SeenShape): void {
    const key = `${where}: ${what}`
    this.#times.set(key, { where, what, times: (this.#times.get(key)?.times ?? 0) + times })
  }
}

const latin1 = ({ buffer, byteOffset, length }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, length).toString('latin1')

/** The `nth` time that something is done, from 1. */
export interface Step {
  readonly name: string
  readonly nth: number
}

/** Before the engine hears of it, or when it has answered and nobody has heard the answer. */
export type Moment = 'before' | 'after'

interface Target extends Step {
  readonly when: Moment
  /** Ends whoever is to be ended, before anything more is passed on. */
  readonly strike: () => void
}

/** What is done, in order, until it is struck. */
export class StepWatch {
  readonly #times = new Map<string, number>()
  readonly #steps: Step[] = []
  readonly #target: Target | undefined
  #hasStruck = false

  constructor(target?: Target) {
    this.#target = target
  }

  get steps(): readonly Step[] {
    return this.#steps
  }

  get hasStruck(): boolean {
    return this.#hasStruck
  }

  /** `struck` tells whether anything may be passed on; `answered`, the same at the step's end. */
  arrived(name: string) {
    const nth = (this.#times.get(name) ?? 0) + 1
    this.#times.set(name, nth)
    this.#steps.push({ name, nth })
    const isTarget = this.#target?.name === name && this.#target.nth === nth
    if (isTarget) this.#strike('before')
    return {
      struck: () => this.#hasStruck,
      answered: () => {
        if (isTarget) this.#strike('after')
        return this.#hasStruck
      },
    }
  }

  #strike(when: Moment): void {
    if (this.#target?.when !== when || this.#hasStruck) return
    this.#hasStruck = true
    this.#target.strike()
  }
}

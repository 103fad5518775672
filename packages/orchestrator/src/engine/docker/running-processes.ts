import type { Process } from '../engine.ts'

/** A command that hears of the end of its pod. */
export interface PodProcess extends Process {
  podEnds(): void
  podEnded(): void
}

/** The commands this process follows, so that a pod's end does not wait for their readers. */
export class RunningProcesses {
  readonly #byPod = new Map<string, Set<PodProcess>>()

  add(pod: string, process: PodProcess): PodProcess {
    const running = this.#byPod.get(pod) ?? new Set()
    this.#byPod.set(pod, running.add(process))
    const remove = () => this.#remove(pod, process)
    process.exit.then(remove, remove)
    return process
  }

  podEnds(pod: string): void {
    for (const process of this.#byPod.get(pod) ?? []) process.podEnds()
  }

  podEnded(pod: string): void {
    for (const process of this.#byPod.get(pod) ?? []) process.podEnded()
  }

  #remove(pod: string, process: PodProcess): void {
    const running = this.#byPod.get(pod)
    running?.delete(process)
    if (running?.size === 0) this.#byPod.delete(pod)
  }
}

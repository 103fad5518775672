import type { DockerProcess } from './docker-process.ts'

/** The commands this process follows, so that a pod's end does not wait for their readers. */
export class RunningProcesses {
  readonly #byPod = new Map<string, Set<DockerProcess>>()

  add(pod: string, process: DockerProcess): DockerProcess {
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

  #remove(pod: string, process: DockerProcess): void {
    const running = this.#byPod.get(pod)
    running?.delete(process)
    if (running?.size === 0) this.#byPod.delete(pod)
  }
}

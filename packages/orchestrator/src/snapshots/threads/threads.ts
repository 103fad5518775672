import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { BlockMemory } from './block-memory.ts'
import type { Answers, Asked, Failure, Held, Job, Reply, SentJob, TableJob } from './jobs.ts'

export { type BlockMemory, blockBytes } from './block-memory.ts'
export type { Bytes, TableJob } from './jobs.ts'

/**
 * Threads that mask and search, so that this one only moves bytes. Any thread takes any job. A thread
 * that dies fails what it was asked and everything asked later. Disposal ends them at once.
 */
export interface Threads extends AsyncDisposable {
  /** Where the bytes of jobs come from and go back to. */
  readonly memory: BlockMemory
  /** The job's bytes are handed over: they are empty here afterwards. */
  ask<Do extends Job['do']>(job: Extract<Job, { do: Do }>): Promise<Answers[Do]>
}

export interface ThreadOptions {
  readonly count?: number
  /** What they run; ours when left out. */
  readonly script?: URL
}

/** Beyond it the streams and the server are what is waited for. */
const mostThreads = 4
/** What is young dies with its block; a small nursery keeps the process small. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 }

export function openThreads(tables: readonly TableJob[], options: ThreadOptions = {}): Threads {
  const { count = Math.min(availableParallelism(), mostThreads) } = options
  const script = options.script ?? new URL('./thread.ts', import.meta.url)
  const memory = new BlockMemory()
  const start = () => new Thread({ script, workerData: tables }, memory)
  const threads = Array.from({ length: count }, start)
  return {
    memory,
    ask: <Do extends Job['do']>(job: Extract<Job, { do: Do }>) => {
      const [idlest] = threads.toSorted((left, right) => left.load - right.load)
      return (idlest as Thread).ask(job) as Promise<Answers[Do]>
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread[Symbol.asyncDispose]()))
    },
  }
}

class Thread implements AsyncDisposable {
  readonly #worker: Worker
  readonly #memory: BlockMemory
  readonly #asked = new Map<number, PromiseWithResolvers<Answers[keyof Answers]>>()
  #last = 0
  #held: Uint32Array | undefined
  #dead = false

  constructor(
    { script, workerData }: { script: URL; workerData: readonly TableJob[] },
    memory: BlockMemory,
  ) {
    this.#memory = memory
    this.#worker = new Worker(script, { workerData, resourceLimits })
    this.#worker.on('message', (reply: Reply) => this.#settle(reply))
    // Of an error only that there was one: its text may hold a value.
    this.#worker.on('error', () => this.#die())
    this.#worker.on('exit', () => this.#die())
  }

  /** Jobs that wait for their answer. */
  get load(): number {
    return this.#asked.size
  }

  ask(job: Job): Promise<Answers[keyof Answers]> {
    if (this.#dead) return Promise.reject(threadDied())
    const id = ++this.#last
    const asked = Promise.withResolvers<Answers[keyof Answers]>()
    this.#asked.set(id, asked)
    const sent = this.#withoutValues(job)
    this.#worker.postMessage({ id, job: sent } satisfies Asked, [job.bytes.buffer])
    return asked.promise
  }

  /** Handed over once: with each block, V8 counted them as so many megabytes more to be collected. */
  #withoutValues(job: Job): SentJob {
    if (!('values' in job)) return job
    const { values, ...rest } = job
    if (values.slots !== this.#held) this.#worker.postMessage({ hold: values } satisfies Held)
    this.#held = values.slots
    return rest
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  #settle(reply: Reply): void {
    const asked = this.#asked.get(reply.id)
    this.#asked.delete(reply.id)
    if ('answer' in reply) {
      this.#memory.give(reply.spent)
      asked?.resolve(reply.answer)
    } else asked?.reject(errorOf(reply.failure))
  }

  #die(): void {
    this.#dead = true
    for (const { reject } of this.#asked.values()) reject(threadDied())
    this.#asked.clear()
  }
}

function errorOf(failure: Failure): Error {
  if ('code' in failure) return new SandboxError(failure.code, failure.message, failure.options)
  return Object.assign(new Error('a job failed'), { name: failure.name })
}

const threadDied = () =>
  new SandboxError('snapshot_failed', 'A thread that masks or searches rows ended unexpectedly.', {
    hint: 'It may have run out of memory: look at the machine’s load, then build again.',
    retryable: true,
  })

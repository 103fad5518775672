import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { stateDirectory } from '@stuntdouble/sdk/node'
import type { Context } from '../context.ts'
import { isAlive } from './running.ts'

const waitMs = 150_000
const pollMs = 50

/** One start at a time: whoever comes second waits, and finds what the first has started. */
export async function withStartLock<Result>(
  { env }: Context,
  work: () => Promise<Result>,
): Promise<Result> {
  const directory = stateDirectory(env)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, 'start.lock')
  await take(file)
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

async function take(file: string): Promise<void> {
  const deadline = Date.now() + waitMs
  while (!(await created(file))) {
    if (Date.now() > deadline) throw locked(file)
    await removeStale(file)
    await sleep(pollMs)
  }
}

async function created(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moved away before it is judged, so that of two who find it stale neither removes a new one unseen. */
async function removeStale(file: string): Promise<void> {
  if (!(await isStale(file))) return
  const aside = `${file}.${process.pid}`
  try {
    await rename(file, aside)
    if (await isStale(aside)) await rm(aside)
    else await rename(aside, file)
  } catch {
    // Another was faster.
  }
}

/** Its process has ended. An empty one is being written at this moment. */
async function isStale(file: string): Promise<boolean> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''))
  return pid > 0 && !isAlive(pid)
}

const locked = (file: string) =>
  new SandboxError('conflict', 'Another command has been starting the orchestrator for minutes.', {
    hint: `If none is, remove ${file}.`,
    retryable: true,
  })

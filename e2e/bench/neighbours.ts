import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { report } from './report.ts'
import { Stopwatch } from './stopwatch.ts'

const yardstick = 'alone'
const secondsEach = 8

/** What one sandbox does to the machine; each goes on until the sandbox ends. */
const attacks = {
  'fork bomb': 'f() { f | f & }; f; sleep 600',
  'memory hog': `while :; do python3 -c 'x = bytearray(2**30)'; done`,
  'disk filler': 'n=0; while :; do n=$((n + 1)); head -c 200M /dev/zero > $n || sleep 1; done',
  'inode filler': `python3 -c '
import itertools, os
for n in itertools.count(): os.mknod(f"f{n}")'`,
  'log bomb': 'yes',
  'busy loops': 'for n in 1 2 3 4 5 6 7 8; do while :; do :; done & done; wait',
} as const

/**
 * What a sandbox notices of a neighbour that takes all it can get: the time of a command that writes a
 * file and reads it, beside the same command while nobody else is there, before and after.
 */
export async function benchNeighbours(rounds: number): Promise<void> {
  await using project = await Stuntdouble.open({ files: { 'stuntdouble.yaml': configuration } })
  await project.json(['ls'])
  const control = await project.control()
  await using victim = await sandboxOf(control)
  const watch = new Stopwatch()
  await during(victim, new Stopwatch(), 'warm-up')
  for (let done = 0; done < rounds; done += 1) {
    for (const [what, script] of Object.entries(attacks)) {
      await during(victim, watch, yardstick)
      const attacker = await sandboxOf(control)
      const attack = collected(attacker, script)
      await during(victim, watch, what)
      await attacker.kill()
      await attack
      const named = (await control.events(attacker.id)).filter(
        ({ type }) => type === 'limit_reached',
      )
      console.error(
        `${what}: ${[...new Set(named.map(({ data }) => data.limit))].join(', ') || '-'}`,
      )
    }
  }
  const goals = Object.fromEntries(Object.keys(attacks).map((what) => [what, 1.5]))
  await report({ bench: 'neighbours', samples: watch.samples, yardstick, goals })
}

/** By the door that collects what a command says: a stream would come no faster than it is read here. */
async function collected(box: Sandbox, script: string): Promise<void> {
  const body = JSON.stringify({ command: ['bash', '-c', script], timeoutMs: 600_000 })
  const headers = { 'content-type': 'application/json' }
  await fetch(`${box.url}/exec`, { method: 'POST', headers, body })
    .then((answer) => answer.text())
    .catch(() => {})
}

async function during(victim: Sandbox, watch: Stopwatch, what: string): Promise<void> {
  const until = performance.now() + secondsEach * 1000
  while (performance.now() < until) {
    await watch.time(what, () => victim.commands.run('echo well > f && cat f'))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function sandboxOf(control: ControlClient): Promise<Sandbox> {
  const limits = { memory: '256m', pids: 64, disk: '1g', cpus: 0.5 }
  return Sandbox.of(await control.createSandbox({ ttl: '20m', blueprint: { limits } }), control)
}

const configuration = 'limits: { poolSize: 8g }\n'

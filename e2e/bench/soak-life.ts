import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'

const blueprint = { data: { db: { source: 'shop' } } }

const work = `cat note.txt
psql -qc "UPDATE people SET last_name = 'Changed'"
head -c 1000000 /dev/zero > zeros
curl --silent --max-time 5 http://example.com/ > refused`

/**
 * One sandbox as an agent uses it, from its creation to its receipt: files, the database, a request
 * that is refused, a background process, a terminal, and a client that vanishes from a command. With
 * `forks`, a state is kept, gone back to, and another sandbox begun as it as well. Throws when a
 * receipt is not clean.
 */
export async function live(control: ControlClient, { forks }: { forks: boolean }): Promise<void> {
  const box = Sandbox.of(await control.createSandbox({ ttl: '10m', blueprint }), control)
  try {
    await use(box)
    if (forks) await fork(box, control)
  } finally {
    await end(box, control)
  }
}

async function use(box: Sandbox): Promise<void> {
  await box.files.write('/workspace/note.txt', 'written')
  const { stdout, stderr } = await box.commands.run(work)
  if (!stdout.startsWith('written')) throw new Error(`${box.id} says: ${stdout}${stderr}`)
  await box.commands.run('sleep 600', { background: true })
  await vanish(box)
}

/** Goes away in the middle of what it asked for. */
async function vanish(box: Sandbox): Promise<void> {
  const signal = AbortSignal.timeout(200)
  const gone = await box.commands.run('yes', { signal }).then(
    () => false,
    () => true,
  )
  if (!gone) throw new Error(`${box.id} ended what never ends`)
}

async function fork(box: Sandbox, control: ControlClient): Promise<void> {
  await box.checkpoint('kept')
  await box.rollback('kept')
  for (const one of await box.fork()) await end(one, control)
}

async function end(box: Sandbox, control: ControlClient): Promise<void> {
  const { clean, doubts } = await control.destroySandbox(box.id)
  if (!clean) throw new Error(`${box.id} was not clean: ${doubts.join('; ')}`)
}

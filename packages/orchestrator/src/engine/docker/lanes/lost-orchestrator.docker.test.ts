import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type LanesUnderTest,
  openLanesUnderTest,
  processesNamed,
  sleepersFor,
} from './lanes-under-test.ts'

let under: LanesUnderTest
beforeAll(async () => {
  under = await openLanesUnderTest()
})
afterAll(() => under?.[Symbol.asyncDispose]())

const count = async (script: string) => Number((await under.saidPlainly(script)).out)
test('without its orchestrator lanes end, and what runs goes on unheard, as with the engine alone', async () => {
  // Enough to fill every buffer on the way, so that it ends only where somebody takes it.
  const script = (seconds: number) =>
    `echo ready; sleep 1; head -c 3000000 /dev/zero; sleep ${seconds} & sleep ${seconds}`
  await under.said('setsid sleep 8001 >/dev/null 2>&1 &')
  const supervised = await under.start(['sh', '-c', script(8002)])
  await once(supervised.stdout, 'data')
  expect(await count(processesNamed('runner'))).toBeGreaterThan(0)

  under.dropConnections()
  await expect.poll(() => count(sleepersFor('8002')), { timeout: 10_000 }).toBe(2)
  expect(await count(sleepersFor('8001'))).toBe(1)
  expect(await count(processesNamed('supervisor'))).toBe(1)
  // The runner above a command that goes on stays for it; all idle ones are gone.
  await expect.poll(() => count(processesNamed('runner')), { timeout: 10_000 }).toBe(1)

  // Another orchestrator finds the container as it is, and has lanes of its own. A spare one may have
  // been on its way when the connections were cut: until it is tried again the engine itself runs this.
  const above = async () => (await under.said('cat /proc/$PPID/comm')).out
  await expect.poll(above, { timeout: 30_000 }).toBe('supervisor\n')
})

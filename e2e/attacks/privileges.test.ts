import { expect, test } from 'vitest'
import { climbs, takesGate, takesOthers } from '../../packages/cli/src/drill/attacks/privileges.ts'
import { expectHeld, expectThrough } from './inside.ts'
import { said, useScene } from './scene.ts'

const scene = useScene()

test('nothing leads to root, to the kernel or out of the namespaces', async () => {
  expect(await expectThrough(climbs, scene())).toEqual(
    expect.arrayContaining([
      ...['mount', 'mount namespace', 'device', 'chroot', 'root file system', 'kernel log'],
      ...['root', 'CapEff', 'CapPrm', 'CapBnd', 'new privileges', 'unfiltered system calls'],
    ]),
  )

  await expectHeld(climbs, scene())
})

test('the process that ends the sandbox cannot be ended, stopped, traced or looked into', async () => {
  expect(await expectThrough(takesGate, scene())).toEqual(
    expect.arrayContaining(['/proc/1/environ', '/proc/1/root/', '/proc/1/fd/', 'ptrace']),
  )

  await expectHeld(takesGate, scene())
  expect(await said(scene().box, 'echo alive')).toBe('alive\n')
})

test('neither can the database and the rest, nor their files be read past them', async () => {
  await using stranger = await strange()
  expect(await expectThrough(takesOthers, scene())).toEqual(
    expect.arrayContaining([`/proc/${stranger.pid}/environ`, `kill /proc/${stranger.pid}`]),
  )

  await expectHeld(takesOthers, scene())
  const files = 'find / -name PG_VERSION -path "*data*" 2>/dev/null; ls /var/lib/stuntdouble 2>&1'
  expect(await said(scene().box, files)).toMatch(/^ls: cannot access/)
})

/** Somebody else’s process in the container without protection. */
async function strange() {
  const start = 'setsid sleep 600 >/dev/null 2>&1 & echo $!'
  const pid = Number(await scene().plain.said(start))
  return {
    pid,
    [Symbol.asyncDispose]: async () => void (await scene().plain.said(`kill -9 ${pid} || true`)),
  }
}

import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { describeEngine } from '../contract.ts'
import { anySignal, exec, execSpec, startedPod } from '../contract-pods.ts'
import type { PodSpec } from '../engine.ts'
import { openDockerUnderTest } from './docker-under-test.ts'

const under = await openDockerUnderTest()
afterAll(() => under[Symbol.asyncDispose]())

// All that is promised of a pod, with its workspace behind a second kernel.
describeEngine('Docker with gVisor', async () => ({
  ...under,
  isolation: 'gvisor',
  [Symbol.asyncDispose]: async () => {},
}))

test('what the workspace runs on is gVisor, and its database is not', async () => {
  const pod = await startedPod({ ...under, isolation: 'gvisor' })

  expect(await said(pod, 'workspace', 'dmesg 2>&1')).toContain('Starting gVisor')
  expect(await said(pod, 'db', 'dmesg 2>&1')).not.toContain('Starting gVisor')
})

test('the time is kept where the agent sees a deadline it cannot change, and no socket', async () => {
  const pod = await startedPod({ ...under, isolation: 'gvisor' })

  expect(await said(pod, 'workspace', 'ls /lease; cat /lease/deadline')).toBe(
    `deadline\n${Math.floor(pod.deadline.getTime() / 1000)}\n`,
  )
  const changes = 'echo 9 > /lease/deadline; mv /lease/deadline /tmp/; rm -f /lease/deadline'
  expect(await said(pod, 'workspace', `(${changes}) 2>&1; cat /lease/deadline`)).toMatch(
    /^(?:.*(?:Read-only|denied).*\n){3}\d+\n$/,
  )
})

test('its deadline holds when the gate is dead and nobody else looks', async () => {
  const deadline = new Date(Date.now() + 5000)
  const pod = await startedPod({ ...under, isolation: 'gvisor' }, { deadline })
  await under.killContainer(pod.id, 'gate')

  expect(await stateOf(pod)).toBe('running')
  await under.pass(7000)
  expect(await stateOf(pod)).toBe('exited')
})

test('no runner waits inside: gVisor does not close a process to others of its user', async () => {
  const pod = await startedPod({ ...under, isolation: 'gvisor' })
  // Makes itself as closed as a process can (PR_SET_DUMPABLE), and is read all the same.
  const closed = 'syscall(157, 4, 0) and die; print "closed\\n"; close STDOUT; sleep 5'
  const reads = `perl -e '${closed}' & sleep 1; ls /proc/$!/fd | grep -q . && echo WON`

  expect(await said(pod, 'workspace', reads)).toBe('closed\nWON\n')
  expect(await said(pod, 'db', reads)).toBe('closed\n')
  expect(await said(pod, 'workspace', 'ls -d /.stuntdouble')).toBe('')
  const missing = await exec(under, pod, ['no-such-program'])
  const words = await Promise.all([text(missing.stdout), text(missing.stderr), missing.exit])
  expect(words).toEqual(['', expect.stringContaining('not found'), 127])
})

test('more memory than it was given ends it', async () => {
  const pod = await startedPod({ ...under, isolation: 'gvisor' })
  const hog = ['perl', '-e', '$all = "x" x (400 << 20); print "got it"']
  const run = await exec(under, pod, hog)
  run.stderr.resume()
  const out = text(run.stdout)

  await expect.poll(() => stateOf(pod), { timeout: 20_000 }).toBe('exited')
  await under.engine.destroy(pod.id, anySignal())
  expect(await out).toBe('')
})

async function stateOf({ id }: PodSpec) {
  const seen = await under.engine.observe(id, anySignal())
  return seen.find(({ name }) => name === 'workspace')?.state
}

async function said({ id }: PodSpec, container: string, script: string): Promise<string> {
  const run = await under.engine.exec(id, container, execSpec(['sh', '-c', script]), anySignal())
  run.stdin.end()
  run.stderr.resume()
  return await text(run.stdout)
}

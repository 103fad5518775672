import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { anySignal, aPod, destroyedAfterwards, exec } from '../contract-pods.ts'
import type { PodSpec } from '../engine.ts'
import { openDockerUnderTest } from './docker-under-test.ts'

const under = await openDockerUnderTest()
afterAll(() => under[Symbol.asyncDispose]())

/** A pod whose workspace has a volume of its own at /data. */
async function podWithVolume(signal: AbortSignal): Promise<PodSpec> {
  const bare = aPod(under)
  destroyedAfterwards(under.engine, bare)
  const name = `vol-${bare.id}`
  const owned = { name, pod: bare.id, uid: 1000, gid: 1000, mode: 0o700 }
  await under.engine.volumes.create(owned, signal)
  const mounts = [{ volume: name, path: '/data', readOnly: false }]
  const containers = bare.containers.map((container) =>
    container.name === 'workspace' ? { ...container, mounts } : container,
  )
  await under.engine.start({ ...bare, containers }, signal)
  return bare
}

test('a volume is the container user’s to write, and goes with its pod', async ({ signal }) => {
  const pod = await podWithVolume(signal)

  const run = await exec(under, pod, ['sh', '-c', 'echo kept > /data/x && cat /data/x'])
  run.stdin.end()
  expect(await text(run.stdout)).toBe('kept\n')
  const kinds = (await under.engine.inventory(pod.id, [], signal)).map(({ kind }) => kind)
  expect(kinds).toContain('volume')

  await under.engine.destroy(pod.id, anySignal())
  expect(await under.engine.inventory(pod.id, [], signal)).toEqual([])
})

const mebibyte = 2 ** 20
/** In the second one nothing is hidden: it has a name that says so, and memory is no volume. */
const keepOpen = `
  my @held;
  sub hold { my ($file, $count) = @_; open(my $to, '>', $file) or die "$file: $!"; push @held, $to;
    print $to "x" x ${mebibyte} for 1..$count; $to->flush }
  use IO::Handle;
  hold('/data/gone', 20); unlink '/data/gone';
  hold('/data/kept (deleted)', 30);
  hold('/tmp/gone', 5); unlink '/tmp/gone';
  $| = 1; print "ready\n"; sleep 600`

test('what is deleted while it is open is found, and nothing else', async ({ signal }) => {
  const [pod, other] = [await podWithVolume(signal), await podWithVolume(signal)]
  const run = await exec(under, pod, ['perl', '-e', keepOpen])
  await once(run.stdout, 'data')

  expect([...(await under.engine.heldOpen(signal))]).toEqual([[pod.id, 20 * mebibyte]])
  const volumes = [`vol-${pod.id}`, `vol-${other.id}`]
  const [walked] = await under.engine.volumes.measure(volumes, signal)
  expect(walked?.bytes).toBeLessThan(31 * mebibyte)
  await run.kill()
})

test('the last output of a container’s main process can be read', async ({ signal }) => {
  const bare = aPod(under)
  destroyedAfterwards(under.engine, bare)
  const command = ['sh', '-c', 'echo first; echo second; sleep infinity']
  const containers = bare.containers.map((container) => ({ ...container, command }))
  await under.engine.start({ ...bare, containers }, signal)

  await expect.poll(() => under.engine.logs(bare.id, 'db', 1000, signal)).toBe('first\nsecond\n')
  expect(await under.engine.logs(bare.id, 'db', 7, signal)).toBe('second\n')
})

import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { execSpec, startedPod } from '../contract-pods.ts'
import { volumeSpec } from '../volumes-contract.ts'
import { openDockerUnderTest } from './docker-under-test.ts'
import { type DockerVolumesUnderTest, openVolumesUnderTest } from './docker-volumes-under-test.ts'
import { poolNames } from './pool-names.ts'
import { Shell } from './shell.ts'

const signal = AbortSignal.timeout(600_000)

/** A copy `data` of a snapshot that was filled by a shell line. */
async function copyOf(box: DockerVolumesUnderTest, line: string): Promise<void> {
  await box.volumes.create(volumeSpec(box.named('staging')), signal)
  await box.inside(box.named('staging'), line)
  await box.volumes.seal(box.named('staging'), box.named('snapshot'), signal)
  await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('data')), signal)
}

const keep = (box: DockerVolumesUnderTest) =>
  box.volumes.checkpoint([{ volume: box.named('data'), as: box.named('kept') }], signal)

const everything = `find . -printf '%P %y %m %U %l %s\\n' | sort`

describe('a checkpoint of a copy', () => {
  test('keeps what was removed, and what was removed and made again', async () => {
    await using box = await openVolumesUnderTest('reflink')
    await copyOf(box, 'mkdir gone again; echo old > gone/a; echo old > again/a; echo old > file')
    await box.inside(box.named('data'), 'rm -r gone again file; mkdir again; echo new > again/b')
    const before = await box.inside(box.named('data'), everything)
    await keep(box)
    await box.inside(box.named('data'), 'rm -r again; mkdir gone; echo x > gone/a; echo x > file')
    const copy = { volume: box.named('data'), as: box.named('kept') }
    await box.volumes.restore(copy, Promise.resolve(), signal)
    await box.volumes.fork(box.named('kept'), volumeSpec(box.named('fork'), 'pod-2'), signal)

    expect(before.output).not.toContain('again/a')
    expect(await box.inside(box.named('data'), everything)).toEqual(before)
    expect(await box.inside(box.named('fork'), everything)).toEqual(before)
  })

  test('keeps links as links, owners, modes, holes, pipes and names of any kind', async () => {
    await using box = await openVolumesUnderTest('reflink')
    await copyOf(box, 'true')
    await box.inside(
      box.named('data'),
      `ln -s /etc/shadow out; ln -s /pool here; mkdir -m 0700 d; mkfifo d/p; truncate -s 1G sparse
       printf x > "$(printf 'a\\nb')"; printf y > '-rf'; touch s; chmod 4755 s; ln s t`,
    )
    const before = await box.inside(box.named('data'), everything)
    await keep(box)
    await box.inside(box.named('data'), 'rm -rf -- * ./-rf')
    const copy = { volume: box.named('data'), as: box.named('kept') }
    await box.volumes.restore(copy, Promise.resolve(), signal)

    expect(await box.inside(box.named('data'), everything)).toEqual(before)
    expect(before.output).toContain('out l 777 999 /etc/shadow')
    expect(await box.volumes.sizeBytes(box.named('kept'), signal)).toBeLessThan(2 ** 20)
  })

  test('shares its blocks with what it is a copy of', async () => {
    await using box = await openVolumesUnderTest('reflink')
    await copyOf(box, 'true')
    await box.inside(box.named('data'), 'dd if=/dev/urandom of=big bs=1M count=200; sync')
    const { freeBytes } = await box.volumes.usage(signal)
    await keep(box)

    expect(freeBytes - (await box.volumes.usage(signal)).freeBytes).toBeLessThan(20 * 2 ** 20)
  })

  test('one who swaps directories for links meanwhile leads it to nobody’s data but its own', async () => {
    await using box = await openVolumesUnderTest('reflink')
    const other = box.named('other')
    await box.volumes.create(volumeSpec(other, 'pod-2'), signal)
    await box.write(other, 'secret', 'another’s data')
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    const target = `/pool/volumes/${other}/data`
    await using _racer = await racing(box, target)

    // As it would be if the pool’s keeper copied, which sees every volume: the attack works.
    await using keeper = await Shell.open(box.docker, poolNames(box.installation).keeper)
    const naive = `cd /pool; for n in $(seq 10000); do rm -rf trash/naive; cp -a volumes/${box.named('data')}/data trash/naive 2>/dev/null
      grep -rqs another trash/naive && echo stolen && break; done; rm -rf trash/naive`
    expect((await keeper.run(naive, signal)).stdout).toBe('stolen\n')

    for (let round = 0; round < 8; round += 1) {
      const as = box.named(`kept-${round}`)
      await box.volumes.checkpoint([{ volume: box.named('data'), as }], signal).catch(() => {})
    }
    const found = `grep -rls another /pool/volumes/${box.named('kept')}-* || true`
    expect((await keeper.run(found, signal)).stdout).toBe('')
  }, 600_000)
})

test('half of a copy is removed from the volumes of its own pod alone', async () => {
  await using box = await openVolumesUnderTest('directory')
  const [own, other] = [box.named('data'), box.named('other')]
  await box.volumes.create(volumeSpec(own, 'pod-1'), signal)
  await box.volumes.create(volumeSpec(other, 'pod-2'), signal)
  await using keeper = await Shell.open(box.docker, poolNames(box.installation).keeper)
  await keeper.run(`cd /pool/volumes; mkdir ${own}/copying ${other}/copying`, signal)
  await box.volumes.clearHalfCopies('pod-1', signal)

  const { stdout } = await keeper.run('cd /pool/volumes; echo */copying', signal)
  expect(stdout).toBe(`${other}/copying\n`)
})

/**
 * A container in which `d`, a directory of its own, is every other moment a link to a target. It
 * sleeps in between, and so interrupts the one who copies even where both have one processor.
 */
async function racing(box: DockerVolumesUnderTest, target: string): Promise<AsyncDisposable> {
  const container = await box.docker.createContainer({
    Image: 'stuntdouble/keeper',
    Entrypoint: ['perl', '-e', swapping, target],
    User: '999:999',
    WorkingDir: '/volume',
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [
        {
          Type: 'volume',
          Source: box.named('data'),
          Target: '/volume',
          VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
        },
      ],
    },
  })
  await container.start()
  return { [Symbol.asyncDispose]: () => container.remove({ force: true }) }
}

const swapping = `
  mkdir "d"; symlink shift, "l";
  for (1 .. 100, "secret") { open my $file, ">", "d/$_"; print $file "own" }
  sub wait_a_little { select undef, undef, undef, rand 0.0002 }
  while (1) {
    rename "d", "e"; rename "l", "d"; wait_a_little;
    rename "d", "l"; rename "e", "d"; wait_a_little;
  }`

describe('a pod that is held still', () => {
  test('does nothing until it is let go, what was forked meanwhile included', async () => {
    await using under = await openDockerUnderTest()
    const { engine } = under
    const pod = await startedPod(under)
    // Where commands are the engine’s: the workspace’s runner is held still as well.
    const forking = 'while :; do (echo x >> /tmp/count) & wait; done'
    void engine.exec(pod.id, 'db', execSpec(['sh', '-c', forking]), signal)
    const count = async () => {
      const wc = execSpec(['sh', '-c', 'wc -l < /tmp/count'])
      const run = await engine.exec(pod.id, 'db', wc, signal)
      run.stdin.end()
      return Number(await text(run.stdout))
    }
    await expect.poll(count, { timeout: 10_000 }).toBeGreaterThan(20)
    await engine.pause(pod.id, signal)
    const held = await count()
    await sleep(1_000)
    expect(await count()).toBe(held)

    await engine.resume(pod.id, signal)
    await expect.poll(count, { timeout: 10_000 }).toBeGreaterThan(held)
  })

  test('leaves no helper behind', async () => {
    await using under = await openDockerUnderTest()
    const pod = await startedPod(under)
    await under.engine.pause(pod.id, signal)
    await under.engine.resume(pod.id, signal)

    expect(await under.engine.observe(pod.id, signal)).toHaveLength(3)
  })
})

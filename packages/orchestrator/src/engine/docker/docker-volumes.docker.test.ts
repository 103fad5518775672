import { glob, readFile } from 'node:fs/promises'
import Docker from 'dockerode'
import { describe, expect, test } from 'vitest'
import { describeVolumes, volumeSpec } from '../volumes-contract.ts'
import { openVolumesUnderTest } from './docker-volumes-under-test.ts'
import { detachLoop, listLoops } from './pool-loop.ts'
import { poolNames } from './pool-names.ts'
import { Shell } from './shell.ts'

describeVolumes('Docker, reflink', () => openVolumesUnderTest('reflink'))
describeVolumes('Docker, directory', () => openVolumesUnderTest('directory'))

const signal = AbortSignal.timeout(600_000)

describe('a reflink pool', () => {
  test('is made again from its file when keeper, volume and loop device are gone', async () => {
    await using box = await openVolumesUnderTest()
    await box.volumes.create(volumeSpec(box.named('staging')), signal)
    await box.write(box.named('staging'), 'file', 'original')
    await box.volumes.seal(box.named('staging'), box.named('snapshot'), signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy')), signal)
    await box.write(box.named('copy'), 'file', 'changed')
    await reboot(box)
    await using later = await box.reopen()

    expect(await later.list(signal)).toHaveLength(2)
    expect(await box.read(box.named('copy'), 'file')).toBe('changed')
    expect(await box.read(box.named('snapshot'), 'file')).toBe('original')
  })

  test('comes back at another loop device', async () => {
    await using box = await openVolumesUnderTest()
    await using other = await openVolumesUnderTest()
    await box.volumes.create(volumeSpec(box.named('mine')), signal)
    await box.write(box.named('mine'), 'file', 'kept')
    await reboot(box)
    await other.volumes.create(volumeSpec(other.named('theirs')), signal)

    expect(await box.volumes.list(signal)).toEqual([
      { name: box.named('mine'), pod: 'pod-1', of: null },
    ])
    expect(await box.read(box.named('mine'), 'file')).toBe('kept')
  })

  test('is opened by several processes at once', async () => {
    await using box = await openVolumesUnderTest()
    const opened = await Promise.all(Array.from({ length: 4 }, () => box.reopen()))
    await using stack = new AsyncDisposableStack()
    for (const each of opened) stack.use(each)
    await Promise.all(opened.map((each, n) => each.create(volumeSpec(box.named(`${n}`)), signal)))

    expect(await box.volumes.list(signal)).toHaveLength(4)
    expect(await listLoops(loopWork(box))).toHaveLength(1)
  })

  test('refuses new volumes before it is full', async () => {
    await using box = await openVolumesUnderTest('reflink')
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    const { freeBytes } = await box.volumes.usage(signal)
    await box.inside(box.named('data'), `fallocate -l ${freeBytes - 64 * 1024 ** 2} big`)

    const create = box.volumes.create(volumeSpec(box.named('more')), signal)
    await expect(create).rejects.toMatchObject({ code: 'disk_full' })
    expect(await box.volumes.list(signal)).toHaveLength(1)
  })

  test('gives the disk back what was removed', async () => {
    await using box = await openVolumesUnderTest('reflink')
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    await box.inside(box.named('data'), 'dd if=/dev/urandom of=big bs=1M count=200; sync')
    await using keeper = await Shell.open(box.docker, poolNames(box.installation).keeper)
    const taken = async () =>
      Number((await keeper.run('sync -f /pool; du -B1 /file/pool.xfs | cut -f 1', signal)).stdout)
    const before = await taken()
    await box.volumes.remove(box.named('data'), signal)

    await expect.poll(taken, { timeout: 20_000 }).toBeLessThan(before - 150 * 1024 ** 2)
  })

  test('leaves neither volumes nor a loop device when it goes', async () => {
    const box = await openVolumesUnderTest('reflink')
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    await box.volumes.seal(box.named('data'), box.named('snapshot'), signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy')), signal)
    await box[Symbol.asyncDispose]()

    const { Volumes } = await box.docker.listVolumes()
    expect((Volumes ?? []).filter(({ Name }) => Name.includes(box.installation))).toEqual([])
    // The kernel marks a file that was unlinked while it is attached.
    const attached: string[] = []
    for await (const path of glob('/sys/block/loop*/loop/backing_file')) {
      attached.push(await readFile(path, 'utf8').catch(() => ''))
    }
    expect(attached.filter((file) => file.includes('(deleted)'))).toEqual([])
  })
})

describe('a volume on the engine', () => {
  test('is looked for and removed without making a pool', async () => {
    await using box = await openVolumesUnderTest()

    expect(await box.volumes.list(signal)).toEqual([])
    await box.volumes.remove(box.named('data'), signal)
    expect(await box.volumes.exists()).toBe(false)
  })

  test('has the owner and mode that were asked for, and no setuid or devices', async () => {
    await using box = await openVolumesUnderTest()
    await box.volumes.create({ ...volumeSpec(box.named('data')), mode: 0o750 }, signal)

    const { output } = await box.inside(
      box.named('data'),
      'stat -c "%u %g %a" . ; grep " /volume " /proc/mounts',
    )
    expect(output).toContain('999 999 750')
    expect(output).toMatch(/nosuid,nodev/)
  })

  test('is not removed or sealed while a container has it', async () => {
    await using box = await openVolumesUnderTest()
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    const running = box.inside(box.named('data'), 'touch started; sleep 12')
    while ((await box.read(box.named('data'), 'started')) === null);

    await expect(box.volumes.remove(box.named('data'), signal)).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(box.volumes.seal(box.named('data'), box.named('s'), signal)).rejects.toMatchObject(
      { code: 'conflict' },
    )
    await running
    await box.volumes.seal(box.named('data'), box.named('s'), signal)
  })

  test('of somebody else is neither taken nor removed', async () => {
    await using box = await openVolumesUnderTest()
    const Name = `${box.installation}-foreign`
    await using stack = new AsyncDisposableStack()
    stack.defer(() => box.docker.getVolume(Name).remove())
    await box.docker.createVolume({ Name })

    const create = box.volumes.create(volumeSpec(Name), signal)
    await expect(create).rejects.toMatchObject({ code: 'conflict' })
    await box.volumes.remove(Name, signal)
    expect(await box.docker.getVolume(Name).inspect()).toMatchObject({ Name })
    expect(await box.volumes.list(signal)).toEqual([])
  })

  test('that was pruned is still removed with its data', async () => {
    await using box = await openVolumesUnderTest()
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    await box.docker.getVolume(box.named('data')).remove()

    expect(await box.volumes.list(signal)).toHaveLength(1)
    await box.volumes.remove(box.named('data'), signal)
    expect(await box.volumes.list(signal)).toEqual([])
  })

  test('full of hostile names and links is removed alone', async () => {
    await using box = await openVolumesUnderTest()
    await box.volumes.create(volumeSpec(box.named('kept')), signal)
    await box.write(box.named('kept'), 'file', 'kept')
    await box.volumes.create(volumeSpec(box.named('hostile')), signal)
    const line = `mkdir -p -- '-rf' "$(printf 'a\\nb')" d/e && ln -s / root && ln -s ../../kept up \
      && touch -- '$(reboot)' '; exit 0' && chmod 000 d`
    expect((await box.inside(box.named('hostile'), line)).exitCode).toBe(0)
    await box.volumes.remove(box.named('hostile'), signal)

    expect(await box.volumes.list(signal)).toEqual([
      { name: box.named('kept'), pod: 'pod-1', of: null },
    ])
    expect(await box.read(box.named('kept'), 'file')).toBe('kept')
  })
})

/** What a reboot of the engine's machine does to a pool. */
async function reboot(box: Awaited<ReturnType<typeof openVolumesUnderTest>>): Promise<void> {
  const names = poolNames(box.installation)
  await box.docker.getContainer(names.keeper).remove({ force: true })
  await detachLoop(loopWork(box))
}

const loopWork = ({ docker, installation }: Awaited<ReturnType<typeof openVolumesUnderTest>>) => ({
  docker,
  names: poolNames(installation),
  keeperImage: 'stuntdouble/keeper',
})

test('a machine that gives no loop device gets a directory, and is told why', async () => {
  const docker = new Docker()
  const create = docker.createContainer.bind(docker)
  const withoutLoops = Object.assign(docker, {
    createContainer: (options: Docker.ContainerCreateOptions) =>
      String(options.Entrypoint).includes('losetup --find')
        ? Promise.reject(new Error('no loop devices'))
        : create(options),
  })
  await using box = await openVolumesUnderTest(undefined, withoutLoops)
  await box.volumes.create(volumeSpec(box.named('data')), signal)

  expect(await box.volumes.usage(signal)).toMatchObject({
    kind: 'directory',
    reason: expect.stringContaining('no loop devices'),
  })
})

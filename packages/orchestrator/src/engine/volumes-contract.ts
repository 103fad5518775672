import { describe, expect, test } from 'vitest'
import { checkpointTests } from './contract-checkpoints.ts'
import { type VolumesUnderTest, volumeSpec } from './volumes-under-test.ts'

export { type VolumesUnderTest, volumeSpec } from './volumes-under-test.ts'

type Open = () => Promise<VolumesUnderTest>

/** What every pool promises, whatever its clones cost. */
export function describeVolumes(name: string, open: Open): void {
  describe(`${name} volumes`, () => {
    creationTests(open)
    sealTests(open)
    copyTests(open)
    checkpointTests(open)
    endTests(open)
    measureTests(open)
  })
}

/** A sealed volume `snapshot` with one file, made from `staging`. */
async function sealedWith(box: VolumesUnderTest, text: string, signal: AbortSignal): Promise<void> {
  await box.volumes.create(volumeSpec(box.named('staging')), signal)
  await box.write(box.named('staging'), 'file', text)
  await box.volumes.seal(box.named('staging'), box.named('snapshot'), signal)
}

function creationTests(open: Open): void {
  test('a volume that is created again keeps what is in it', async ({ signal }) => {
    await using box = await open()
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    await box.write(box.named('data'), 'file', 'kept')
    await box.volumes.create(volumeSpec(box.named('data')), signal)

    expect(await box.read(box.named('data'), 'file')).toBe('kept')
    expect(await box.volumes.list(signal)).toEqual([
      { name: box.named('data'), pod: 'pod-1', of: null },
    ])
  })

  test('a name is not given to two pods', async ({ signal }) => {
    await using box = await open()
    await box.volumes.create(volumeSpec(box.named('data'), 'pod-1'), signal)

    const again = box.volumes.create(volumeSpec(box.named('data'), 'pod-2'), signal)
    await expect(again).rejects.toMatchObject({ code: 'conflict' })
  })

  test.for(['', 'a', '../up', '-rf', 'a b', '$(id)', "a'b", 'A', 'a/b', '.hidden', 'a\nb'])(
    '%j is no name for a volume',
    async (bad, { signal }) => {
      await using box = await open()

      await expect(box.volumes.create(volumeSpec(bad), signal)).rejects.toThrow('cannot name')
      await expect(box.volumes.remove(bad, signal)).rejects.toThrow('cannot name')
      await expect(box.volumes.clone(bad, volumeSpec('copy'), signal)).rejects.toThrow(
        'cannot name',
      )
    },
  )
}

function sealTests(open: Open): void {
  test('a sealed volume belongs to no pod and cannot be written', async ({ signal }) => {
    await using box = await open()
    await sealedWith(box, 'sealed', signal)

    await expect(box.write(box.named('snapshot'), 'file', 'changed')).rejects.toThrow()
    expect(await box.read(box.named('snapshot'), 'file')).toBe('sealed')
    expect(await box.volumes.list(signal)).toEqual([
      { name: box.named('snapshot'), pod: null, of: null },
    ])
  })

  test('sealing again changes nothing, and never replaces another snapshot', async ({ signal }) => {
    await using box = await open()
    await sealedWith(box, 'first', signal)
    await box.volumes.seal(box.named('staging'), box.named('snapshot'), signal)
    await box.volumes.create(volumeSpec(box.named('other')), signal)

    const over = box.volumes.seal(box.named('other'), box.named('snapshot'), signal)
    await expect(over).rejects.toMatchObject({ code: 'conflict' })
    expect(await box.read(box.named('snapshot'), 'file')).toBe('first')
  })

  test('only what is sealed is copied, and only what is not a copy is sealed', async ({
    signal,
  }) => {
    await using box = await open()
    await sealedWith(box, 'original', signal)
    await box.volumes.create(volumeSpec(box.named('open')), signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy')), signal)

    const copying = box.volumes.clone(box.named('open'), volumeSpec(box.named('copy-2')), signal)
    await expect(copying).rejects.toMatchObject({ code: 'snapshot_not_found' })
    const sealing = box.volumes.seal(box.named('copy'), box.named('snapshot-2'), signal)
    await expect(sealing).rejects.toMatchObject({ code: 'conflict' })
    const absent = box.volumes.seal(box.named('never-there'), box.named('snapshot-2'), signal)
    await expect(absent).rejects.toMatchObject({ code: 'conflict' })
  })
}

function copyTests(open: Open): void {
  test('a write in a copy is seen neither in the original nor in another copy', async ({
    signal,
  }) => {
    await using box = await open()
    await sealedWith(box, 'original', signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy-1'), 'pod-1'), signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy-2'), 'pod-2'), signal)
    await box.write(box.named('copy-1'), 'file', 'changed')

    expect(await box.read(box.named('copy-1'), 'file')).toBe('changed')
    expect(await box.read(box.named('copy-2'), 'file')).toBe('original')
    expect(await box.read(box.named('snapshot'), 'file')).toBe('original')
    expect(await box.volumes.list(signal)).toContainEqual({
      name: box.named('copy-2'),
      pod: 'pod-2',
      of: box.named('snapshot'),
    })
  })

  test('a copy that is made again keeps its writes', async ({ signal }) => {
    await using box = await open()
    await sealedWith(box, 'original', signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy')), signal)
    await box.write(box.named('copy'), 'file', 'changed')
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy')), signal)

    expect(await box.read(box.named('copy'), 'file')).toBe('changed')
  })

  test('a snapshot with copies is not removed, and is as it was', async ({ signal }) => {
    await using box = await open()
    await sealedWith(box, 'original', signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy')), signal)

    const removal = box.volumes.remove(box.named('snapshot'), signal)
    await expect(removal).rejects.toMatchObject({ code: 'snapshot_in_use' })
    expect(await box.read(box.named('snapshot'), 'file')).toBe('original')
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy-2')), signal)
    expect(await box.read(box.named('copy-2'), 'file')).toBe('original')
  })
}

function endTests(open: Open): void {
  test('nothing is left when everything is removed, and removing again succeeds', async ({
    signal,
  }) => {
    await using box = await open()
    await sealedWith(box, 'original', signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy')), signal)
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    for (const name of ['copy', 'data', 'snapshot', 'snapshot', 'never-there']) {
      await box.volumes.remove(box.named(name), signal)
    }

    expect(await box.volumes.list(signal)).toEqual([])
    await box.volumes.create(volumeSpec(box.named('snapshot')), signal)
    expect(await box.read(box.named('snapshot'), 'file')).toBeNull()
  })

  test('a copy is there for a process that starts later', async ({ signal }) => {
    await using box = await open()
    await sealedWith(box, 'original', signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy')), signal)
    await box.write(box.named('copy'), 'file', 'changed')
    await using later = await box.reopen()

    expect(await later.list(signal)).toHaveLength(2)
    expect(await box.read(box.named('copy'), 'file')).toBe('changed')
    await later.remove(box.named('copy'), signal)
    await later.remove(box.named('snapshot'), signal)
    expect(await box.volumes.list(signal)).toEqual([])
  })

  test('usage says how much is free', async ({ signal }) => {
    await using box = await open()
    const { freeBytes, sizeBytes } = await box.volumes.usage(signal)

    expect(freeBytes).toBeGreaterThan(0)
    expect(sizeBytes).toBeGreaterThanOrEqual(freeBytes)
  })
}

function measureTests(open: Open): void {
  test('a volume holds what was written to it, one that is not there nothing', async ({
    signal,
  }) => {
    await using box = await open()
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    const before = await bytesOf(box, 'data', signal)
    await box.write(box.named('data'), 'file', 'x'.repeat(50_000))

    expect((await bytesOf(box, 'data', signal)) - before).toBeGreaterThanOrEqual(50_000)
    expect(await bytesOf(box, 'never-there', signal)).toBe(0)
  })

  test('of a copy what goes beyond its original counts', async ({ signal }) => {
    await using box = await open()
    await sealedWith(box, 'x'.repeat(20_000), signal)
    await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('copy')), signal)
    expect(await bytesOf(box, 'copy', signal)).toBe(0)
    await box.write(box.named('copy'), 'more', 'x'.repeat(80_000))

    const bytes = await bytesOf(box, 'copy', signal)
    expect(bytes).toBeGreaterThanOrEqual(50_000)
    expect(bytes).toBeLessThan(90_000)
  })
}

async function bytesOf(box: VolumesUnderTest, name: string, signal: AbortSignal): Promise<number> {
  const [use] = await box.volumes.measure([box.named(name)], signal)
  return use?.bytes ?? Number.NaN
}

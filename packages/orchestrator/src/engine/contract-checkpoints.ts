import { expect, test } from 'vitest'
import { type VolumesUnderTest, volumeSpec } from './volumes-under-test.ts'

type Open = () => Promise<VolumesUnderTest>

/** A copy `data` of a sealed volume with `file`, changed once, and a checkpoint `kept` of it. */
async function checkpointed(box: VolumesUnderTest, signal: AbortSignal): Promise<void> {
  await box.volumes.create(volumeSpec(box.named('staging')), signal)
  await box.write(box.named('staging'), 'file', 'original')
  await box.write(box.named('staging'), 'other', 'original')
  await box.volumes.seal(box.named('staging'), box.named('snapshot'), signal)
  await box.volumes.clone(box.named('snapshot'), volumeSpec(box.named('data')), signal)
  await box.write(box.named('data'), 'file', 'before')
  await box.volumes.checkpoint([{ volume: box.named('data'), as: box.named('kept') }], signal)
}

const restore = ({ volumes, named }: VolumesUnderTest, signal: AbortSignal) =>
  volumes.restore({ volume: named('data'), as: named('kept') }, Promise.resolve(), signal)

export function checkpointTests(open: Open): void {
  test('a volume goes back to its checkpoint, as often as it is asked to', async ({ signal }) => {
    await using box = await open()
    await checkpointed(box, signal)
    for (const text of ['after', 'after again']) {
      await box.write(box.named('data'), 'file', text)
      await box.write(box.named('data'), 'new', text)
      await restore(box, signal)

      expect(await box.read(box.named('data'), 'file')).toBe('before')
      expect(await box.read(box.named('data'), 'other')).toBe('original')
      expect(await box.read(box.named('data'), 'new')).toBeNull()
    }
  })

  test('a volume is touched when nobody has it mounted, and not at all if that never comes', async ({
    signal,
  }) => {
    await using box = await open()
    await checkpointed(box, signal)
    await box.write(box.named('data'), 'file', 'after')
    const copy = { volume: box.named('data'), as: box.named('kept') }
    const { promise: unmounted, resolve } = Promise.withResolvers<void>()
    const restored = box.volumes.restore(copy, unmounted, signal)
    expect(await box.read(box.named('data'), 'file')).toBe('after')
    resolve()
    await restored
    expect(await box.read(box.named('data'), 'file')).toBe('before')

    await box.write(box.named('data'), 'file', 'after')
    const stays = Promise.reject(new Error('it is still mounted'))
    await expect(box.volumes.restore(copy, stays, signal)).rejects.toThrow('still mounted')
    expect(await box.read(box.named('data'), 'file')).toBe('after')
  })

  test('an empty volume’s checkpoint is as good as a copy’s', async ({ signal }) => {
    await using box = await open()
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    await box.write(box.named('data'), 'file', 'before')
    await box.volumes.checkpoint([{ volume: box.named('data'), as: box.named('kept') }], signal)
    await box.write(box.named('data'), 'file', 'after')
    await restore(box, signal)

    expect(await box.read(box.named('data'), 'file')).toBe('before')
  })

  test('a checkpoint belongs to the volume’s pod, and is none of anybody’s to write to', async ({
    signal,
  }) => {
    await using box = await open()
    await checkpointed(box, signal)

    expect(await box.volumes.list(signal)).toContainEqual({
      name: box.named('kept'),
      pod: 'pod-1',
      of: box.named('snapshot'),
    })
    await expect(box.write(box.named('kept'), 'file', 'changed')).rejects.toThrow()
  })

  test('a fork begins as the checkpoint, and goes its own way', async ({ signal }) => {
    await using box = await open()
    await checkpointed(box, signal)
    const fork = volumeSpec(box.named('fork'), 'pod-2')
    await box.volumes.fork(box.named('kept'), fork, signal)
    expect(await box.read(box.named('fork'), 'file')).toBe('before')
    expect(await box.read(box.named('fork'), 'other')).toBe('original')

    await box.write(box.named('fork'), 'file', 'forked')
    await box.volumes.fork(box.named('kept'), fork, signal)
    expect(await box.read(box.named('fork'), 'file')).toBe('forked')
    expect(await box.read(box.named('data'), 'file')).toBe('before')
  })

  test('a fork outlives the pod it was taken from, and keeps the snapshot below it', async ({
    signal,
  }) => {
    await using box = await open()
    await checkpointed(box, signal)
    await box.volumes.fork(box.named('kept'), volumeSpec(box.named('fork'), 'pod-2'), signal)
    for (const name of ['data', 'kept']) await box.volumes.remove(box.named(name), signal)

    const removal = box.volumes.remove(box.named('snapshot'), signal)
    await expect(removal).rejects.toMatchObject({ code: 'snapshot_in_use' })
    expect(await box.read(box.named('fork'), 'other')).toBe('original')
  })

  test('a checkpoint keeps the snapshot below it', async ({ signal }) => {
    await using box = await open()
    await checkpointed(box, signal)
    await box.volumes.remove(box.named('data'), signal)

    const removal = box.volumes.remove(box.named('snapshot'), signal)
    await expect(removal).rejects.toMatchObject({ code: 'snapshot_in_use' })
  })

  test('of several volumes either all are kept or none', async ({ signal }) => {
    await using box = await open()
    await box.volumes.create(volumeSpec(box.named('data')), signal)
    const copies = ['data', 'never-there'].map((name) => ({
      volume: box.named(name),
      as: box.named(`kept-${name}`),
    }))

    await expect(box.volumes.checkpoint(copies, signal)).rejects.toMatchObject({ code: 'conflict' })
    expect((await box.volumes.list(signal)).map(({ name }) => name)).toEqual([box.named('data')])
  })

  test('no checkpoint takes the place of another volume', async ({ signal }) => {
    await using box = await open()
    await checkpointed(box, signal)

    const again = box.volumes.checkpoint(
      [{ volume: box.named('data'), as: box.named('kept') }],
      signal,
    )
    await expect(again).rejects.toMatchObject({ code: 'conflict' })
    expect(await box.volumes.list(signal)).toHaveLength(3)
  })
}

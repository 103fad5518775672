import { describe, expect, test } from 'vitest'
import type { Contract } from './contract.ts'
import { lines } from './contract-script.ts'

const noCheckpoint = { code: 'checkpoint_not_found' }
const conflict = { code: 'conflict' }

/** Checkpoints, forks and pauses, each in a sandbox of its own. */
export function describeStates({ open }: Contract): void {
  describe('states', () => {
    test('a rollback brings a checkpoint’s files back, and keeps address and lease', async () => {
      await using box = await open()
      await box.files.write('x', 'before')
      const { name } = await box.checkpoint()
      await box.files.write('x', 'after')
      await box.files.write('y', 'after')
      const { id, state, expiresAt } = await box.rollback()

      expect([name, id, state, expiresAt]).toEqual(['checkpoint-1', box.id, 'ready', box.expiresAt])
      expect(await box.files.readText('x')).toBe('before')
      expect(await box.files.exists('y')).toBe(false)
    })

    test('checkpoints have names, each once, and the newest comes first', async () => {
      await using box = await open()
      await expect(box.rollback()).rejects.toMatchObject(noCheckpoint)
      await box.files.write('x', 'one')
      await box.checkpoint('one')
      await box.files.write('x', 'two')
      await box.checkpoint('two')

      await expect(box.checkpoint('one')).rejects.toMatchObject(conflict)
      expect((await box.checkpoints()).map(({ name }) => name)).toEqual(['two', 'one'])
      await expect(box.rollback('three')).rejects.toMatchObject(noCheckpoint)
      await box.rollback('one')
      expect(await box.files.readText('x')).toBe('one')
      await box.rollback('two')
      expect(await box.files.readText('x')).toBe('two')
    })

    test('what runs ends with a rollback, and is told why', async () => {
      await using box = await open()
      await box.checkpoint()
      const begun = Promise.withResolvers<void>()
      const running = box.commands.run(lines.endless, { onStdout: () => begun.resolve() })
      running.catch(() => {})
      await begun.promise
      await box.rollback()

      await expect(running).rejects.toMatchObject(conflict)
    })

    test('forks begin alike, and go ways of their own', async () => {
      await using box = await open()
      await box.files.write('x', 'shared')
      await using forks = new AsyncDisposableStack()
      const [one, other] = (await box.fork({ count: 2 })).map((fork) => forks.use(fork))
      await one?.files.write('x', 'mine')

      expect(new Set([box.id, one?.id, other?.id]).size).toBe(3)
      expect(await one?.files.readText('x')).toBe('mine')
      expect(await other?.files.readText('x')).toBe('shared')
      expect(await box.files.readText('x')).toBe('shared')
    })

    test('a fork may begin at a checkpoint, which must be there', async () => {
      await using box = await open()
      await box.files.write('x', 'before')
      await box.checkpoint('then')
      await box.files.write('x', 'after')
      await using forks = new AsyncDisposableStack()
      const [fork] = (await box.fork({ from: 'then' })).map((each) => forks.use(each))

      expect(await fork?.files.readText('x')).toBe('before')
      await expect(box.fork({ from: 'never' })).rejects.toMatchObject(noCheckpoint)
    })

    test('a paused sandbox refuses what would use it, until it goes on', async () => {
      await using box = await open()
      await box.files.write('x', 'kept')
      expect((await box.pause()).state).toBe('paused')
      expect((await box.pause()).state).toBe('paused')

      await expect(box.commands.run(lines.failing)).rejects.toMatchObject(conflict)
      await expect(box.files.readText('x')).rejects.toMatchObject(conflict)
      await expect(box.checkpoint()).rejects.toMatchObject(conflict)
      await expect(box.welcome()).rejects.toMatchObject(conflict)
      expect((await box.info()).state).toBe('paused')
      expect((await box.metrics()).containers).toHaveLength(1)

      expect((await box.resume()).state).toBe('ready')
      expect((await box.resume()).state).toBe('ready')
      expect(await box.files.readText('x')).toBe('kept')
    })
  })
}

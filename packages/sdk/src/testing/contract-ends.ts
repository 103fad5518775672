import { describe, expect, test } from 'vitest'
import { ControlClient } from '../control/control.ts'
import { verifyReceipt } from '../receipt/verify-receipt.ts'
import { Sandbox } from '../sandbox/sandbox.ts'
import type { Contract } from './contract.ts'
import { lines } from './contract-script.ts'

const gone = { code: 'sandbox_gone' }

/** How a sandbox ends, and what is left of it. */
export function describeEnds({ env, open }: Contract): void {
  describe('ends', () => {
    test('a kill gives the receipt there was none of before, and the same one again', async () => {
      await using box = await open()
      const { STUNTDOUBLE_URL: url, STUNTDOUBLE_API_KEY: apiKey } = env()
      const early = new ControlClient({ url, apiKey }).receipt(box.id)
      await expect(early).rejects.toMatchObject({ code: 'conflict' })
      const receipt = await box.kill()

      expect(receipt).toMatchObject({ id: box.id, reason: 'down', clean: true, doubts: [] })
      expect(receipt.inventory).not.toEqual([])
      expect(await verifyReceipt(receipt, receipt.signature.publicKey)).toBe(true)
      expect(await box.kill()).toEqual(receipt)
    })

    test('one that is gone says so, at its doors and to its owner', async () => {
      await using box = await open()
      await box.checkpoint('kept')
      await box.kill()

      await expect(Sandbox.connect(box.url)).rejects.toMatchObject(gone)
      await expect(box.commands.run(lines.failing)).rejects.toMatchObject(gone)
      await expect(box.commands.start(lines.failing)).rejects.toMatchObject(gone)
      await expect(box.files.read('x')).rejects.toMatchObject(gone)
      await expect(box.extend('1m')).rejects.toMatchObject(gone)
      await expect(box.setTimeout(60_000)).rejects.toMatchObject(gone)
      await expect(box.checkpoint()).rejects.toMatchObject(gone)
      await expect(box.checkpoints()).rejects.toMatchObject(gone)
      await expect(box.rollback('kept')).rejects.toMatchObject(gone)
      await expect(box.fork()).rejects.toMatchObject(gone)
      await expect(box.pause()).rejects.toMatchObject(gone)
    })

    test('its report outlives it', async () => {
      await using box = await open()
      await box.kill()
      const { sandbox, events } = await box.report()

      expect(sandbox).toMatchObject({ id: box.id, state: 'ended', endReason: 'down', clean: true })
      expect(events[0]).toMatchObject({ type: 'created', sandbox: box.id })
    })

    test('a command that runs is told of the end', async () => {
      await using box = await open()
      const begun = Promise.withResolvers<void>()
      const running = box.commands.run(lines.endless, { onStdout: () => begun.resolve() })
      running.catch(() => {})
      await begun.promise
      await box.kill()

      await expect(running).rejects.toMatchObject(gone)
    })

    test('a lease that is over ends the sandbox by itself', async () => {
      await using box = await open()
      await box.setTimeout(1000)

      await expect.poll(async () => (await box.info()).state, { timeout: 20_000 }).toBe('ended')
      expect(await box.kill()).toMatchObject({ reason: 'expired', clean: true })
      await expect(box.files.read('x')).rejects.toMatchObject(gone)
    })

    test('an extension moves the end on and never back; a time-out may end it sooner', async () => {
      await using box = await open()
      const before = Date.parse(box.expiresAt)
      const { extension } = await box.extend('10m')
      await box.extend({ until: new Date(before) })

      expect(extension).toMatchObject({ limitedBy: null, granted: box.expiresAt })
      expect(Date.parse(box.expiresAt)).toBe(before + 600_000)
      await expect(box.extend({ until: new Date(0) })).rejects.toMatchObject({ code: 'usage' })

      await box.setTimeout(60_000)
      expect(Date.parse(box.expiresAt)).toBeLessThan(before)
      expect((await box.info()).expiresAt).toBe(box.expiresAt)
    })
  })
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyReceipt } from '@stuntdouble/sdk'
import { afterAll, expect, test } from 'vitest'
import type { Resource } from '../engine/engine.ts'
import { openInstallation } from '../installation/installation.ts'
import { type Evidence, writeReceipt } from './receipt.ts'
import { aSandbox } from './test-sandbox.ts'

const directory = mkdtempSync(join(tmpdir(), 'sd-'))
afterAll(() => rmSync(directory, { recursive: true }))

const { id: installation, signer } = openInstallation(directory)
const gate: Resource = { kind: 'container', id: 'c1', name: 'gate' }
const volume: Resource = { kind: 'volume', id: 'v1', name: 'workspace' }

const write = (evidence: Partial<Evidence>) =>
  writeReceipt(
    aSandbox({ endReason: 'down' }),
    { before: [gate, volume], after: [], capabilities: [{ id: 'k', open: false }], ...evidence },
    { installation, signer, now: 5_000 },
  )

test('a receipt is clean when everything that was seen is absent', () => {
  expect(write({})).toMatchObject({ clean: true, doubts: [], reason: 'down' })
})

test('what is still there is named', () => {
  const receipt = write({ after: [volume] })

  expect(receipt.clean).toBe(false)
  expect(receipt.doubts).toEqual(['volume workspace is still there'])
})

test('what appears only at the end is not overlooked', () => {
  expect(write({ before: [], after: [gate] })).toMatchObject({ clean: false })
})

test('what could not be looked for is not called clean', () => {
  const receipt = write({ after: null })

  expect(receipt.clean).toBe(false)
  expect(receipt.doubts).toContain('container gate could not be looked for')
})

test('a capability that still opens something is not called clean', () => {
  expect(write({ capabilities: [{ id: 'k', open: true }] }).clean).toBe(false)
})

test('the signature holds, and breaks with any change', async () => {
  const receipt = write({ after: [volume] })

  expect(await verifyReceipt(receipt, signer.publicKey)).toBe(true)
  expect(await verifyReceipt({ ...receipt, clean: true }, signer.publicKey)).toBe(false)
})

test('what does not show on this machine is said, and calls nothing unclean', async () => {
  const blindSpots = [{ kind: 'process', reason: 'Processes do not show.' }] as const
  const receipt = write({ blindSpots })

  expect(receipt).toMatchObject({ clean: true, blindSpots })
  expect(await verifyReceipt(receipt, signer.publicKey)).toBe(true)
  expect(await verifyReceipt({ ...receipt, blindSpots: [] }, signer.publicKey)).toBe(false)
  expect(write({})).not.toHaveProperty('blindSpots')
})

test.each(['process', 'mount', 'file'] as const)('a %s that is left is named', (kind) => {
  const left = { kind, id: 'x', name: 'workspace' }
  const receipt = write({ before: [left], after: [left] })

  expect(receipt).toMatchObject({ clean: false, doubts: [`${kind} workspace is still there`] })
})

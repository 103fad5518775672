import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { startFakeOrchestrator } from '../testing/fake-orchestrator.ts'
import { installationKey } from '../testing/fake-receipt.ts'
import type { Receipt } from '../wire/receipt.ts'
import { CreateSandboxRequest } from '../wire/sandbox.ts'
import { verifyReceipt } from './verify-receipt.ts'

async function someReceipt(): Promise<Receipt> {
  await using orchestrator = await startFakeOrchestrator()
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse({}))
  return orchestrator.state.end(view.id)
}

test('a receipt verifies with its own key and with the installation’s, raw or DER or PEM', async () => {
  const receipt = await someReceipt()
  const der = Buffer.from(installationKey, 'base64url')
  const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`
  expect(await verifyReceipt(receipt)).toBe(true)
  expect(await verifyReceipt(receipt, installationKey)).toBe(true)
  expect(await verifyReceipt(receipt, pem)).toBe(true)
  expect(await verifyReceipt(receipt, der.subarray(12).toString('base64url'))).toBe(true)
})

test('the order of its keys does not matter', async () => {
  const receipt = await someReceipt()
  const turned = Object.fromEntries(Object.entries(receipt).reverse()) as unknown as Receipt
  expect(await verifyReceipt(turned)).toBe(true)
})

test('a receipt that was changed does not verify', async () => {
  const receipt = await someReceipt()
  expect(await verifyReceipt({ ...receipt, inventory: [] })).toBe(false)
  expect(await verifyReceipt({ ...receipt, reason: 'expired' })).toBe(false)
})

test('a receipt that another installation signed does not pass for this one’s', async () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  const other = publicKey.export({ format: 'der', type: 'spki' }).toString('base64url')
  const receipt = await someReceipt()
  expect(await verifyReceipt(receipt, other)).toBe(false)
  expect(await verifyReceipt(receipt, 'not a key')).toBe(false)
})

test('a signature of rubbish is no error, only no proof', async () => {
  const receipt = await someReceipt()
  const signature = { ...receipt.signature, value: '!!' }
  expect(await verifyReceipt({ ...receipt, signature })).toBe(false)
})

import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openInstallation } from './installation.ts'

function temporary() {
  const root = mkdtempSync(join(tmpdir(), 'installation-'))
  return {
    root,
    state: join(root, 'state'),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  }
}

test('an installation is the same one when it is opened again', () => {
  using directory = temporary()
  const first = openInstallation(directory.state)
  const second = openInstallation(directory.state)

  expect(second).toMatchObject({ id: first.id, apiKey: first.apiKey })
  expect(second.maskingKey.equals(first.maskingKey)).toBe(true)
  expect(second.signer.publicKey).toBe(first.signer.publicKey)
})

test('two installations share nothing', () => {
  using one = temporary()
  using other = temporary()
  const [first, second] = [openInstallation(one.state), openInstallation(other.state)]

  expect(first.id).not.toBe(second.id)
  expect(first.apiKey).not.toBe(second.apiKey)
  expect(first.maskingKey.equals(second.maskingKey)).toBe(false)
  expect(first.signer.keyId).not.toBe(second.signer.keyId)
})

test('its keys are for their owner alone', () => {
  using directory = temporary()
  openInstallation(directory.state)

  expect(statSync(directory.state).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(directory.state)) {
    expect(statSync(join(directory.state, name)).mode & 0o777, name).toBe(0o600)
  }
})

test('its id is fit for a label, its key for a header', () => {
  using directory = temporary()
  const { id, apiKey, maskingKey } = openInstallation(directory.state)

  expect(id).toMatch(/^[a-z0-9]{12}$/)
  expect(apiKey).toMatch(/^sdk_[\w-]{43}$/)
  expect(maskingKey).toHaveLength(32)
})

test('what it signs, its public key verifies', () => {
  using directory = temporary()
  const { signer } = openInstallation(directory.state)
  const bytes = Buffer.from('nothing is left')
  const key = createPublicKey({
    ...{ key: Buffer.from(signer.publicKey, 'base64url'), type: 'spki', format: 'der' },
  } as const)

  const signature = Buffer.from(signer.sign(bytes), 'base64url')
  expect(verify(null, bytes, key, signature)).toBe(true)
  expect(verify(null, Buffer.from('something is left'), key, signature)).toBe(false)
})

test('a masking key that is damaged stops the start; nothing is masked with another one', () => {
  using directory = temporary()
  openInstallation(directory.state)
  const path = join(directory.state, 'masking-key')
  for (const damaged of ['', 'zz', readFileSync(path, 'utf8').slice(0, 20)]) {
    writeFileSync(path, damaged)
    expect(() => openInstallation(directory.state)).toThrow(/masking-key/)
  }
})

test('an API key that is damaged stops the start; an empty one would let everyone in', () => {
  using directory = temporary()
  openInstallation(directory.state)
  for (const damaged of ['', 'sdk_', 'x']) {
    writeFileSync(join(directory.state, 'api-key'), damaged)
    expect(() => openInstallation(directory.state)).toThrow(/api-key/)
  }
})

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { announce, rememberedPorts } from './announce.ts'

const orchestrator = {
  ...{ url: 'http://127.0.0.1:4001', gatewayUrl: 'http://127.0.0.1:4002', pid: 1, key: 'sdk_x' },
  ...{ configDigest: '', configPath: null, startedAt: '2026-01-01T00:00:00.000Z' },
}

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'announce-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

test('an announcement is its owner’s alone, and taken back while the ports stay', () => {
  const path = join(directory, 'orchestrator.json')
  const announced = announce(directory, orchestrator)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  announced[Symbol.dispose]()

  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
  expect(rememberedPorts(directory)).toEqual({ control: 4001, gateway: 4002 })
})

test.each(['', '{"control":', '[]', '{"control":"x","gateway":1}'])(
  'ports that a power cut left as %j are forgotten',
  (text) => {
    writeFileSync(join(directory, 'ports.json'), text)

    expect(rememberedPorts(directory)).toEqual({ control: 0, gateway: 0 })
  },
)

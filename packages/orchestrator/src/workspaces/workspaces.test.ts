import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { EgressConfig } from '@stuntdouble/sdk/wire'
import { pack } from 'tar-stream'
import { expect, test } from 'vitest'
import { createEgress } from '../egress/egress.ts'
import { noCredentials } from '../egress/testing/credentials.ts'
import { openFakeEngine } from '../engine/fake/fake-engine.ts'
import { openSecrets } from '../secrets/testing/secrets-under-test.ts'
import { createWorkspaces } from './workspaces.ts'

const anySignal = new AbortController().signal
const engine = openFakeEngine()
const egress = createEgress({
  config: EgressConfig.parse({}),
  onDecision: () => {},
  onTotal: () => {},
  onAlarm: () => {},
  broker: noCredentials,
})

function open() {
  const directory = mkdtempSync(join(tmpdir(), 'uploads-'))
  const time = { now: Date.now() }
  const clock = () => time.now
  const { secrets, ...scans } = openSecrets()
  return {
    ...{ directory, time },
    workspaces: createWorkspaces({
      ...{ directory, baselines: `${directory}-baselines`, engine, egress, clock, secrets },
      uploadLimitBytes: 1024 ** 2,
    }),
    [Symbol.dispose]() {
      scans[Symbol.dispose]()
      rmSync(directory, { recursive: true })
    },
  }
}

function tarOf(files: Readonly<Record<string, string>>): Readable {
  const tar = pack()
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content)
  tar.finalize()
  return Readable.from(tar as AsyncIterable<Buffer>, { objectMode: false })
}

test('an upload is counted and kept under an id of ours', async () => {
  using uploads = open()
  const { id, ...facts } = await uploads.workspaces.receive(tarOf({ 'a.txt': 'hello' }), anySignal)

  expect(facts).toEqual({ entries: 1, bytes: 5 })
  expect(readdirSync(uploads.directory)).toEqual([`${id}.tar`])
  expect(() => uploads.workspaces.require(id)).not.toThrow()
})

test('an upload without end is stopped, and nothing of it is kept', async () => {
  using uploads = open()
  let sent = 0
  const endless = Readable.from(
    (function* () {
      for (; sent < 2 ** 30; sent += 65_536) yield Buffer.alloc(65_536)
    })(),
  )

  await expect(uploads.workspaces.receive(endless, anySignal)).rejects.toMatchObject({
    code: 'workspace_too_large',
  })
  expect(sent).toBeLessThan(4 * 1024 ** 2)
  expect(readdirSync(uploads.directory)).toEqual([])
})

test('an upload that breaks off, or holds what may not enter, is not kept', async () => {
  using uploads = open()
  const torn = Readable.from(
    (function* () {
      yield Buffer.alloc(512)
      throw new Error('torn')
    })(),
  )

  await expect(uploads.workspaces.receive(torn, anySignal)).rejects.toThrow()
  await expect(
    uploads.workspaces.receive(tarOf({ '../out': 'x' }), anySignal),
  ).rejects.toMatchObject({ code: 'policy_refused' })
  expect(readdirSync(uploads.directory)).toEqual([])
})

test.each(['', '../../etc/passwd', 'wsaaaaaaaaaaaa', 'ws../../aaaaaa', 'wsAAAAAAAAAAAA'])(
  'there is no workspace %j',
  (id) => {
    using uploads = open()
    expect(() => uploads.workspaces.require(id)).toThrow(/No uploaded workspace/)
  },
)

test('old uploads and torn ones go after an hour', async () => {
  using uploads = open()
  const { id } = await uploads.workspaces.receive(tarOf({ a: 'b' }), anySignal)
  const old = join(uploads.directory, 'wsbbbbbbbbbbbb.tar.partial')
  writeFileSync(old, '')
  utimesSync(old, new Date(0), new Date(0))
  await uploads.workspaces.sweep()
  expect(readdirSync(uploads.directory)).toEqual([`${id}.tar`])

  uploads.time.now += 3_700_000
  await uploads.workspaces.sweep()
  expect(readdirSync(uploads.directory)).toEqual([])
})

test('what an orchestrator that died had in its hands goes at once, and no upload with it', async () => {
  using uploads = open()
  const { id } = await uploads.workspaces.receive(tarOf({ a: 'b' }), anySignal)
  writeFileSync(join(uploads.directory, 'wsbbbbbbbbbbbb.tar.partial'), '')
  mkdirSync(join(uploads.directory, 'scan-abcdef/git'), { recursive: true })
  writeFileSync(join(uploads.directory, 'scan-abcdef/git/pack'), 'of a history')
  await uploads.workspaces.recover()

  expect(readdirSync(uploads.directory)).toEqual([`${id}.tar`])
})

test('a clone from a host that is not allowed is refused, with the rule it would take', () => {
  using uploads = open()
  const clone = { url: 'http://git.example:8080/x' }

  expect(() => uploads.workspaces.admitClone(clone)).toThrow(
    expect.objectContaining({
      code: 'policy_refused',
      hint: expect.stringContaining('{ host: git.example, scheme: http, ports: [8080] }'),
      details: { key: ['workspace', 'clone', 'url'] },
    }),
  )
})

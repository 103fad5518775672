import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { expect, test } from 'vitest'
import { createBaselines } from './baselines.ts'

function open() {
  const directory = mkdtempSync(join(tmpdir(), 'baselines-'))
  const upload = join(directory, 'upload.tar')
  writeFileSync(upload, 'an archive')
  const kept = join(directory, 'kept')
  return {
    ...{ upload, kept, baselines: createBaselines(kept) },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  }
}

test('what went in stays when its upload goes, without a second copy, and goes with its sandbox', async () => {
  using under = open()
  const { baselines } = under
  await baselines.keep('sb1', under.upload)
  await baselines.keep('sb1', under.upload)
  expect(statSync(under.upload).nlink).toBe(2)

  rmSync(under.upload)
  expect((await buffer(baselines.open('sb1'))).toString()).toBe('an archive')
  expect(await baselines.traces('sb1')).toMatchObject([{ kind: 'file' }])
  await baselines.forget('sb1')
  expect(await baselines.traces('sb1')).toEqual([])
  await baselines.forget('sb1')
  expect(readdirSync(under.kept)).toEqual([])
})

test('where nothing went in there is an empty archive', async () => {
  using under = open()
  const entries: unknown[] = []
  for await (const entry of under.baselines.open('sb2').pipe(extract())) entries.push(entry)

  expect(entries).toEqual([])
})

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Migration, openStorage } from './storage.ts'

const migrations: readonly Migration[] = [
  { name: 'notes-1', sql: 'CREATE TABLE notes (text TEXT) STRICT' },
]

function scratch() {
  const directory = mkdtempSync(join(tmpdir(), 'sd-'))
  return {
    path: join(directory, 'store.db'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  }
}

test('what was written is there after opening again, and migrations run once', () => {
  using files = scratch()
  {
    using storage = openStorage(files.path, migrations)
    storage.sqlite.exec("INSERT INTO notes VALUES ('kept')")
  }
  using storage = openStorage(files.path, migrations)

  expect(storage.sqlite.prepare('SELECT text FROM notes').all()).toEqual([{ text: 'kept' }])
})

test('a failed transaction leaves nothing, also when it was nested', () => {
  using storage = openStorage(':memory:', migrations)
  const write = (text: string) => storage.sqlite.prepare('INSERT INTO notes VALUES (?)').run(text)

  expect(() =>
    storage.transaction(() => {
      write('outer')
      storage.transaction(() => write('inner'))
      throw new Error('stop')
    }),
  ).toThrow('stop')

  expect(storage.sqlite.prepare('SELECT count(*) AS count FROM notes').get()).toEqual({ count: 0 })
})

test('only its owner can read the file', () => {
  using files = scratch()
  using _storage = openStorage(files.path, migrations)

  expect(statSync(files.path).mode & 0o777).toBe(0o600)
})

test('a second orchestrator on one store is refused', () => {
  using files = scratch()
  using _first = openStorage(files.path, migrations)

  expect(() => openStorage(files.path, migrations, 10)).toThrow(/Another orchestrator/)
})

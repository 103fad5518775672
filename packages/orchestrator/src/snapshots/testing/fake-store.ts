import { Readable, Writable } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { TableRef, TableShape } from '../../masking/masking.ts'
import type { Source, StoreKind, SubsetRequest, TablePart, Target } from '../../sources/sources.ts'
import { plannedTables, subsetSource } from '../../sources/subset/subset-source.ts'

/** Rows of a table, each a line of COPY text without its line feed. */
export interface FakeTable {
  readonly shape: TableShape
  readonly rows: readonly string[]
}

/** A store in memory, with the ways in which a real one fails. */
export interface FakeStore {
  readonly tables: readonly FakeTable[]
  /** What `open` throws. */
  refusal?: Error
  /** A table whose stream breaks after its first rows, and what it says. */
  breaks?: { readonly table: string; readonly error: Error }
  /** A table whose stream never ends. */
  hangs?: string
  /** Statements that the target refuses, by `what`, and what it says. */
  refuses?: { readonly what: string; readonly error: Error }
  /** A table of which the copy loses the last row. */
  loses?: string
  unvalidated?: readonly string[]
  /** Checks on the e-mail addresses of customers that masked rows break. */
  breaksChecks?: readonly string[]
  /** Of a kind that is only copied whole. */
  wholeOnly?: boolean
  /** Of the staged server, where it tells. */
  stagedVersion?: number
  /** What the copy's files hold beside its rows. */
  files?: Readonly<Record<string, string>>
}

/** What was done to the copy. */
export interface FakeCopy {
  readonly kind: StoreKind
  /** Lines of a table as they stand in the copy. */
  lines(table: string): readonly string[]
  readonly statements: string[]
  /** Open sources and targets; none is left open. */
  open: number
}

export function fakeKind(store: FakeStore): FakeCopy {
  const written = new Map<string, string>()
  const copy: FakeCopy = {
    open: 0,
    statements: [],
    lines: (table) => (written.get(table) ?? '').split('\n').filter(Boolean),
    kind: {
      model: 'tables',
      kind: 'postgres',
      superuser: 'postgres',
      port: 5432,
      stopCommand: ['stop'],
      dataDirectory: '/data',
      pristineFiles: 'base/1',
      imageFor: (version) => `stuntdouble/postgres:${version}`,
      open: async (request) => {
        if (store.refusal) throw store.refusal
        if (!request.url.startsWith('postgres://')) throw new Error('no URL')
        return counted(copy, sourceOf(store))
      },
      stagingContainer: ({ name, image, volume, credentials }) => ({
        ...{ name, image, uid: 999, gid: 999, workingDirectory: '/', tmpfs: [] },
        command: ['serve'],
        env: { PASSWORD: credentials.password },
        limits: { cpus: 1, memoryBytes: 2 ** 28, pids: 64, shmBytes: 2 ** 20 },
        mounts: [{ volume, path: '/data', readOnly: false }],
      }),
      container: () => {
        throw new Error('no sandbox is made here')
      },
      ready: async () => {},
      target: async () => counted(copy, targetOf(store, written, copy.statements)),
      url: ({ user }) => `postgres://${user}@db/shop`,
      clientEnvironment: () => ({}),
    },
  }
  return copy
}

const nameOf = ({ schema, name }: TableRef) => `${schema}.${name}`

function counted<Opened extends Source | Target>(copy: FakeCopy, opened: Opened): Opened {
  copy.open++
  let isOpen = true
  const dispose = async () => {
    if (isOpen) copy.open--
    isOpen = false
  }
  return Object.assign(opened, { [Symbol.asyncDispose]: dispose })
}

/** Chooses the first rows of roots that have a limit; there is no foreign key to follow. */
function choose(source: Source, { subset, tell }: SubsetRequest) {
  const rows = new Map<string, Float64Array>()
  const why = new Map(source.tables.map((table) => [nameOf(table), ['not reached']]))
  for (const { table, limit = 0 } of subset.roots) {
    tell(`roots in ${nameOf(table)}`)
    rows.set(
      nameOf(table),
      Float64Array.from({ length: limit }, (_, row) => row),
    )
    why.set(nameOf(table), [`root: limit ${limit}`])
  }
  const reach = { whole: new Set<string>(), empty: new Set<string>(), why }
  const chosen = { reach, taken: { rows, cut: new Map<string, number>() } }
  return { source: subsetSource(source, chosen), tables: plannedTables(source, chosen) }
}

function sourceOf(store: FakeStore): Source {
  const rowsOf = (table: TablePart) => {
    const all = store.tables.find(({ shape }) => nameOf(shape) === nameOf(table))?.rows ?? []
    return table.rows ? all.filter((_, row) => table.rows?.includes(row)) : all
  }
  const source: Source = {
    ...(!store.wholeOnly && { subset: async (request) => choose(source, request) }),
    ...{ version: 15, address: 'db:5432/shop', database: 'shop', encoding: 'UTF8', collation: 'C' },
    tables: store.tables.map(({ shape }) => shape),
    schema: {
      beforeData: store.tables.map(({ shape }) => ({ what: `table ${nameOf(shape)}`, sql: '' })),
      afterData: store.tables.map(({ shape }) => ({ what: `index of ${nameOf(shape)}`, sql: '' })),
      findings: [],
      fingerprint: 'f1',
      unvalidatedForeignKeys: [],
      checks: (store.breaksChecks ?? []).map((name) => ({
        table: { schema: 'public', name: 'customer' },
        ...{ name, columns: ['email'], expression: 'false' },
      })),
    },
    peek: async ({ table, limit }) =>
      Buffer.from(
        rowsOf(table)
          .slice(0, limit)
          .map((row) => `${row}\n`)
          .join(''),
      ),
    sample: async (tables, limit) =>
      new Map(tables.map((table) => [nameOf(table), columnsOf(rowsOf(table).slice(0, limit))])),
    count: async (table) => rowsOf(table).length,
    read: async (table) => {
      const rows = rowsOf(table)
      return store.hangs === nameOf(table)
        ? hanging(rows)
        : Readable.from(stream(store, table, rows))
    },
    [Symbol.asyncDispose]: async () => {},
  }
  return source
}

function columnsOf(rows: readonly string[]): (string | null)[][] {
  const fields = rows.map((row) => row.split('\t').map((text) => (text === '\\N' ? null : text)))
  return (fields[0] ?? []).map((_, column) => fields.map((row) => row[column] ?? null))
}

function hanging([first]: readonly string[]): Readable {
  const stream = new Readable({ read: () => {} })
  stream.push(`${first}\n`)
  return stream
}

async function* stream(store: FakeStore, table: TableRef, rows: readonly string[]) {
  const size = Math.ceil(rows.length / 3) || 1
  for (let start = 0; start < rows.length; start += size) {
    yield Buffer.from(
      rows
        .slice(start, start + size)
        .join('\n')
        .concat('\n'),
    )
    if (store.breaks?.table === nameOf(table)) throw store.breaks.error
  }
}

function targetOf(store: FakeStore, written: Map<string, string>, statements: string[]): Target {
  const linesOf = (table: TableRef) => (written.get(nameOf(table)) ?? '').split('\n').slice(0, -1)
  return {
    ...(store.stagedVersion !== undefined && { version: store.stagedVersion }),
    rehearse: async ({ checks }) => checks.map(({ name }) => name),
    run: async ({ what }) => {
      if (store.refuses?.what === what) throw store.refuses.error
      statements.push(what)
    },
    write: async (table) => {
      let text = ''
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      promise.catch(() => {})
      const sink = new Writable({
        write(chunk: Buffer, _, done) {
          text += chunk.toString()
          done()
        },
        final(done) {
          if (store.loses === nameOf(table))
            text = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
          written.set(nameOf(table), text)
          resolve(text.split('\n').length - 1)
          done()
        },
        destroy(cause, done) {
          reject(cause ?? new Error('left early'))
          done(cause)
        },
      })
      return { stream: sink, done: promise }
    },
    count: async (table) => linesOf(table).length,
    read: async (table, columns) => {
      const shape = store.tables.find((known) => nameOf(known.shape) === nameOf(table))?.shape
      const stored =
        shape?.columns.filter(({ generated }) => !generated).map(({ name }) => name) ?? []
      const places = columns.map((column) => stored.indexOf(column))
      const rows = linesOf(table).map((line) => line.split('\t'))
      return Readable.from(
        rows.map((row) => Buffer.from(`${places.map((place) => row[place]).join('\t')}\n`)),
      )
    },
    unvalidatedForeignKeys: async () => store.unvalidated ?? [],
    writeOut: async () => {},
    finish: async ({ user }) => void statements.push(`role ${user}`),
    sizeBytes: async () => [...written.values()].join('').length,
    [Symbol.asyncDispose]: async () => {},
  }
}

export const refused = (message: string) =>
  new SandboxError('snapshot_failed', message, { hint: 'This is the fake store.' })

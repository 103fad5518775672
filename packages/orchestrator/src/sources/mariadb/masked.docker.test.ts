import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import {
  type CopyMasker,
  compileMasker,
  parsePolicyFile,
  policyProblems,
  proposePolicy,
  renderPolicy,
} from '../../masking/masking.ts'
import { openSource } from './open.ts'
import { openTarget } from './target.ts'
import { loadScript } from './testing/load-script.ts'
import { startServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)

const through = (masker: CopyMasker) =>
  new Transform({
    transform: (chunk: Buffer, _, done) => done(null, masker.push(chunk)),
    flush: (done) => done(null, masker.end()),
  })

/** Everything that can be masked is, with the strategy of its type. */
const strictest = {
  ...{ string: 'text', number: 'number', datetime: 'date', json: 'json', binary: 'bytes' },
  ...{ network: 'ip', uuid: 'uuid' },
} as Readonly<Record<string, string>>

test.each(['as proposed', 'wherever it can be'])(
  'values of every type, masked %s, are taken by a strict server',
  async (how) => {
    await using source = await startServer()
    await using copy = await startServer()
    const session = await source.session()
    await session.run('CREATE DATABASE matrix')
    await session.run('USE matrix')
    await loadScript(session, join(import.meta.dirname, 'testing/types.sql'))
    const url = source.url({ database: 'matrix' })
    await using opened = await openSource({ name: 'shop', url }, signal)
    const database = { ...copy.superuser, database: 'matrix' }
    await using target = await openTarget(copy.dial, database, signal)
    for (const statement of opened.schema.beforeData) await target.run(statement, signal)

    const shapes = opened.tables
    const [shape] = shapes
    if (shape === undefined) throw new Error('no table')
    const stored = shape.columns.filter(({ generated }) => !generated)
    const columns = stored.map(({ name }) => name)
    const strict = stored.map(
      ({ name, category }) =>
        `  ${name}: ${name === 'id' ? 'keep' : (strictest[category] ?? 'keep')}`,
    )
    const text =
      how === 'as proposed'
        ? renderPolicy(shapes, proposePolicy(shapes, await opened.sample(shapes, 50, signal)))
        : `matrix.matrix:\n${strict.join('\n')}\n`
    const { policy } = parsePolicyFile(text, 'masking.yaml')
    expect(policyProblems(shapes, policy)).toEqual([])

    const key = Buffer.alloc(32, 7)
    const masker = compileMasker({ shape, columns, policy, shapes, key })
    const writer = await target.write(shape, columns, signal)
    await pipeline(await opened.read(shape, columns, signal), through(masker), writer.stream)

    expect(await writer.done).toBe(5)
    const inside = await copy.session('matrix')
    const words = 'SELECT words, old, cyrillic, wide FROM matrix WHERE id = 2'
    const [masked] = await inside.rows(words)
    const [real] = await session.rows(words)
    for (const [name, value] of Object.entries(masked ?? {})) expect(value).not.toBe(real?.[name])
  },
)

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Client } from 'pg'
import { expect, test } from 'vitest'
import type { Subset } from '../sources.ts'
import { roundTrip } from '../testing/round-trip.ts'
import { postgresKind } from './postgres.ts'
import { loadDump } from './testing/load-dump.ts'
import { startServer } from './testing/server.ts'

const data = fileURLToPath(new URL('../../../../../../shared/data/', import.meta.url))
const table = (name: string) => ({ schema: 'public', name })

/** Only some partitions of payment have foreign keys; the operator says what the others refer to. */
const oneStore: Subset = {
  roots: [{ table: table('customer'), where: 'store_id = 1' }],
  ...{ depth: 3, rest: 'empty', whole: [table('category')], empty: [] },
  likeness: [
    {
      from: { table: table('payment'), column: 'customer_id' },
      to: { table: table('customer'), column: 'customer_id' },
    },
  ],
}

const ofOneStore = 'JOIN public.customer c USING (customer_id) WHERE c.store_id = 1'
const facts = [
  'SELECT count(*), sum(customer_id) FROM public.customer WHERE store_id = 1',
  `SELECT count(*), sum(rental_id) FROM public.rental r ${ofOneStore}`,
  `SELECT count(*), sum(amount), min(payment_date), max(payment_date) FROM public.payment p ${ofOneStore}`,
  `SELECT count(*), sum(length) FROM public.rental r JOIN public.inventory USING (inventory_id)
     JOIN public.film f USING (film_id) JOIN public.language l ON l.language_id = f.language_id ${ofOneStore}`,
  `SELECT count(*) FROM public.customer c JOIN public.address USING (address_id) JOIN public.city USING (city_id)
     JOIN public.country USING (country_id) WHERE store_id = 1`,
  'SELECT count(*) FROM public.category',
]
async function answers(client: Client) {
  const rows: unknown[] = []
  for (const sql of facts) rows.push((await client.query(sql)).rows[0])
  return rows
}

const isHere = existsSync(`${data}pagila-data.sql`)

test.skipIf(!isHere)(
  isHere
    ? 'the customers of one store come with all they rented and paid, and the sums of the source'
    : '../shared/data holds no pagila: put its dump there to run this',
  async () => {
    const signal = AbortSignal.timeout(200_000)
    await using server = await startServer(16)
    await (await server.client()).query('CREATE DATABASE pagila')
    const origin = await server.client('pagila')
    await loadDump(origin, `${data}pagila-schema.sql`)
    await loadDump(origin, `${data}pagila-data.sql`)
    const url = server.url({ database: 'pagila' })
    await using source = await postgresKind.open({ name: 'shop', url }, signal)
    const chosen = await source.subset?.({ subset: oneStore, tell: () => {} }, signal)
    if (chosen === undefined) throw new Error('no subset')

    const database = 'one_store'
    const superuser = { ...server.superuser, database }
    await using target = await postgresKind.target(server.dial, superuser, signal)
    await roundTrip(chosen.source, target, signal)
    const copy = await server.client(database)

    expect(await answers(copy)).toEqual(await answers(origin))
    expect(await target.unvalidatedForeignKeys(signal)).toEqual([])
    const planned = Object.fromEntries(chosen.tables.map(({ table, ...rest }) => [table, rest]))
    expect(planned['public.customer']?.rows).toBeLessThan(400)
    expect(planned['public.film_actor']).toMatchObject({ rows: 0, why: ['not reached'] })
    expect(planned['public.payment']?.why).toContainEqual(
      expect.stringMatching(/^child of public\.rental \(in \d of 7 partitions\)$/),
    )
  },
  240_000,
)

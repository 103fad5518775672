import type { ColumnShape, TableShape } from '../../masking/masking.ts'
import type { FakeStore } from './fake-store.ts'

const text: Omit<ColumnShape, 'name'> = {
  ...{ type: 'text', baseType: 'text', category: 'string' },
  ...{ notNull: false, maxLength: null, generated: false },
}
const integer: Omit<ColumnShape, 'name'> = {
  ...{ type: 'integer', baseType: 'integer', category: 'number' },
  ...{ notNull: true, maxLength: null, generated: false },
}

const customer: TableShape = {
  ...{ schema: 'public', name: 'customer', uniques: [['id']], foreignKeys: [], estimatedRows: 40 },
  columns: [
    { ...integer, name: 'id' },
    { ...text, name: 'email' },
    { ...text, name: 'name' },
    { ...integer, name: 'age', generated: true },
  ],
}
const event: TableShape = {
  ...{ schema: 'public', name: 'event', uniques: [], foreignKeys: [], estimatedRows: 60 },
  columns: [
    { ...integer, name: 'id' },
    { ...text, name: 'message' },
  ],
}

export const canary = 'mary.canary@sakila.example'

const customers = Array.from(
  { length: 40 },
  (_, id) => `${id}\t${id === 0 ? canary : `p${id}.real@sakila.example`}\tPerson Real${id}`,
)
const events = Array.from({ length: 60 }, (_, id) => `${id}\tlogin number ${id}`)

/** Forty customers and what they did; nothing in it that should not be where it is. */
export const shop = (over: Partial<FakeStore> = {}): FakeStore => ({
  tables: [
    { shape: customer, rows: customers },
    { shape: event, rows: events },
  ],
  ...over,
})

/** A shop whose log quotes an e-mail address. */
export const talkativeShop = (): FakeStore =>
  shop({
    tables: [
      { shape: customer, rows: customers },
      { shape: event, rows: [...events, `60\tmail sent to ${canary} again`] },
    ],
  })

export const shopPolicy = `
public.customer: { id: keep, email: email, name: full_name }
public.event: { id: keep, message: keep }
`

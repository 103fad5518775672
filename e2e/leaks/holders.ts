import { Invented } from './people.ts'
import { literal, type Plant } from './plant.ts'

/** How an object holds a text, what a build calls it, and how an operator takes it away. */
export interface Holder {
  readonly place: string
  readonly create: (name: string, text: string) => string
  readonly called: (name: string) => readonly string[]
  readonly drop: (name: string, text: string) => string
  /** Bytes that fit. */
  readonly room?: number
}

const kinds = ['known', 'named', 'stranger', 'secret'] as const
type Kind = (typeof kinds)[number]

/**
 * E-mail addresses and names of customers, addresses of nobody in any table, and secrets, in objects
 * of every kind. Customers are expected in a table of that name.
 */
export function plantsIn(holders: readonly Holder[], count: number): Plant[] {
  return holders.flatMap((holder, at) =>
    kinds.flatMap((kind) =>
      Array.from({ length: count }, (_, index) =>
        plantIn(holder, kind, {
          name: `zz_${at}_${kind}_${String(index).padStart(3, '0')}`,
          index,
        }),
      ),
    ),
  )
}

function plantIn(
  { place, create, called, drop, room = 200 }: Holder,
  kind: Kind,
  { name, index }: { readonly name: string; readonly index: number },
): Plant {
  const from = new Invented(name)
  const [person] = from.people(1)
  const texts = { known: person?.email, named: person?.name, stranger: person?.email }
  const fitting = from.secrets(5).filter(({ length }) => length <= room)
  const text = kind === 'secret' ? fitting[index % fitting.length] : texts[kind]
  if (text === undefined) throw new Error(`nothing to plant in ${name}`)
  const column = kind === 'known' ? 'email' : 'full_name'
  const row = `INSERT INTO customers (id, ${column}) SELECT 100000 + count(*), ${literal(text)} FROM customers;`
  return {
    place: `${place}: ${kind === 'known' || kind === 'named' ? 'a customer' : kind === 'secret' ? 'secrets' : 'strangers'}`,
    values: [text],
    sql: `${create(name, text)}\n${kind === 'known' || kind === 'named' ? row : ''}`,
    objects: called(name),
    remedy: drop(name, text),
  }
}

import pg from 'pg'
import { parse } from 'yaml'

/** What must not come along, and where it may stand in production. */
export interface PersonalColumns {
  /** SQL of one text column: whole names, e-mail addresses, street addresses. Unmistakable anywhere. */
  readonly telling: string
  /** SQL of one text column: single first and last names, which may also be words of a film title. */
  readonly names: string
}

/** Policies as `sandbox data review` writes them. */
export type PolicyFile = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface PersonalValues {
  readonly telling: readonly string[]
  /** Single names that stand in no column the policy keeps. */
  readonly names: readonly string[]
  /** How many single names were left out because a kept column has them as a word. */
  readonly words: number
}

/** Reads production, as its superuser, for what a copy of it must not hold. */
export async function personalValues(
  url: string,
  columns: PersonalColumns,
  policyText: string,
): Promise<PersonalValues> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const telling = await valuesOf(client, columns.telling)
    const names = await valuesOf(client, columns.names)
    const kept = (await keptText(client, parse(policyText) as PolicyFile)).toLowerCase()
    const unmistakable = names.filter((name) => !kept.includes(name.toLowerCase()))
    return { telling, names: unmistakable, words: names.length - unmistakable.length }
  } finally {
    await client.end()
  }
}

async function valuesOf(client: pg.Client, sql: string): Promise<string[]> {
  const { rows } = await client.query<{ value: string }>(
    `SELECT DISTINCT value FROM (${sql}) AS v (value)`,
  )
  return rows.map(({ value }) => value).filter((value) => value?.length >= 3)
}

/** All text of production that the policy lets through. */
async function keptText(client: pg.Client, policy: PolicyFile): Promise<string> {
  const texts: string[] = []
  for (const [table, answers] of Object.entries(policy)) {
    for (const [column, answer] of Object.entries(answers)) {
      if (answer !== 'keep') continue
      const { rows } = await client.query<{ text: string | null }>(
        `SELECT string_agg(DISTINCT ${column}::text, ' ') AS text FROM ${table}`,
      )
      texts.push(rows[0]?.text ?? '')
    }
  }
  return texts.join(' ')
}

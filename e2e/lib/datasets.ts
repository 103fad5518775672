import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { repository } from './images.ts'
import type { PersonalColumns } from './personal-values.ts'
import type { Production } from './production.ts'

export interface Dataset {
  readonly name: string
  readonly files: readonly string[]
  readonly personal: PersonalColumns
}

const data = join(repository, '../shared/data')

/** Well-known databases, kept beside the checkout. */
export const datasets: readonly Dataset[] = [
  {
    name: 'pagila',
    files: ['pagila-schema.sql', 'pagila-data.sql'].map((file) => join(data, file)),
    personal: {
      telling: `
        SELECT first_name || ' ' || last_name FROM customer
        UNION SELECT first_name || ' ' || last_name FROM staff
        UNION SELECT email FROM customer UNION SELECT email FROM staff
        UNION SELECT address FROM address UNION SELECT phone FROM address WHERE length(phone) > 6
        UNION SELECT password FROM staff`,
      names: `
        SELECT first_name FROM customer UNION SELECT last_name FROM customer
        UNION SELECT first_name FROM staff UNION SELECT last_name FROM staff`,
    },
  },
  {
    name: 'chinook',
    files: [join(data, 'chinook-postgres.sql')],
    personal: {
      telling: `
        SELECT first_name || ' ' || last_name FROM customer
        UNION SELECT first_name || ' ' || last_name FROM employee
        UNION SELECT email FROM customer UNION SELECT email FROM employee
        UNION SELECT address FROM customer UNION SELECT address FROM employee
        UNION SELECT billing_address FROM invoice
        UNION SELECT phone FROM customer UNION SELECT phone FROM employee`,
      names: `
        SELECT first_name FROM customer UNION SELECT last_name FROM customer
        UNION SELECT first_name FROM employee UNION SELECT last_name FROM employee`,
    },
  },
]

export const isPresent = ({ files }: Dataset): boolean => files.every((file) => existsSync(file))

/** Why nothing of it can be run. */
export const absent = ({ name }: Dataset): string => `../shared/data holds no ${name}`

/** Loads a dataset into the database that is there, whichever one its own script would make. */
export async function loadDataset(production: Production, { files }: Dataset): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dataset-'))
  try {
    for (const file of files) {
      const script = await readFile(file, 'utf8')
      const path = join(directory, basename(file))
      await writeFile(path, script.replace(/^(DROP DATABASE|CREATE DATABASE|\\c) .*$/gm, ''))
      await production.load(path)
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

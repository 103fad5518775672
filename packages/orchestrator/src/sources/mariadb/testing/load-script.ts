import { readFile } from 'node:fs/promises'
import type { Session } from '../session.ts'

/** Runs a file of statements; one ends with a semicolon, or with a line of two slashes, at its line's end. */
export async function loadScript(session: Session, file: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const separator = /^\/\/$/m.test(text) ? /^\/\/$/m : /;\s*$/m
  for (const sql of text.split(separator)) if (sql.trim() !== '') await session.run(sql)
}

import type { Handover } from '@stuntdouble/sdk'
import { expect } from 'vitest'
import type { Tools } from './tools.ts'

/** A piece of work that needs every kind of tool. */
export async function work(tools: Tools, { id }: Pick<Handover, 'id'>): Promise<void> {
  const info = await tools.call('sandbox_info')
  expect(info.structured).toMatchObject({ id, databases: { db: { source: 'shop' } } })
  const ran = await tools.call('run_command', { command: 'id -un; pwd; exit 4' })
  expect(ran.structured).toMatchObject({ exitCode: 4, stdout: 'agent\n/workspace\n' })

  const found = await tools.call('search_files', { pattern: 'needle = \\d+', glob: '*.ts' })
  expect(found.structured.matches).toEqual([
    { path: '/workspace/src/deep/needle.ts', line: 1, text: 'export const needle = 42' },
  ])
  await tools.call('write_file', { path: 'notes/a.md', content: 'one\ntwo\n' })
  await tools.call('edit_file', { path: 'notes/a.md', old_string: 'two', new_string: 'zwei' })
  const read = await tools.call('read_file', { path: '/workspace/notes/a.md' })
  expect(read.text).toBe('one\nzwei\n')
  const listed = await tools.call('list_files', { depth: 2 })
  expect(listed.text).toContain('/workspace/notes/a.md (9 bytes)')

  const sql = 'SELECT id, email, born, balance FROM people WHERE id = $1'
  const asked = await tools.call('query_database', { sql, parameters: [7] })
  expect(asked.structured.columns.map(({ type }: { type: string }) => type)).toEqual([
    ...['integer', 'text', 'date', 'numeric'],
  ])
  expect(asked.structured.rows[0][0]).toBe(7)
  expect(asked.text).not.toContain('person7@corp.example')
  const changed = await tools.call('query_database', { sql: 'UPDATE people SET balance = 0' })
  expect(changed.structured.affected).toBe(500)

  const started = await tools.call('start_process', { command: 'echo up; sleep 600' })
  const { process } = started.structured
  expect(started.structured).toMatchObject({ state: 'running', stdout: 'up\n' })
  expect((await tools.call('stop_process', { process })).structured.state).toBe('ended')
}

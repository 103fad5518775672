import { expect, test } from 'vitest'
import type { TableShape } from '../../../masking/masking.ts'
import { findWorkTables } from './work-tables.ts'

const table = (key: string, ...columns: string[]): TableShape => {
  const [schema = '', name = ''] = key.split('.')
  const text = { type: 'text', baseType: 'text', category: 'string', notNull: false } as const
  return {
    ...{ schema, name, uniques: [], foreignKeys: [], estimatedRows: 0 },
    columns: columns.map((column) => ({
      ...text,
      name: column,
      maxLength: null,
      generated: false,
    })),
  }
}

test.each([
  ['cron.job', 'command', 'a schedule'],
  ['public.scheduled_tasks', 'next_run_at', 'a schedule'],
  ['public.jobs', 'payload', 'a queue'],
  ['public.delayed_jobs', 'handler', 'a queue'],
  ['pgmq.q_mail', 'message', 'a queue'],
  ['public.email_queue', 'body', 'a queue'],
])('%s with a column %s looks like %s', (key, column, looksLike) => {
  expect(findWorkTables([table(key, 'id', column)])).toEqual([
    expect.objectContaining({ where: key, message: expect.stringContaining(looksLike) }),
  ])
})

test.each([
  ['public.job_titles', 'name'],
  ['public.orders', 'payload'],
  ['public.steve_jobs', 'born'],
])('%s with a column %s does not', (key, column) => {
  expect(findWorkTables([table(key, column)])).toEqual([])
})

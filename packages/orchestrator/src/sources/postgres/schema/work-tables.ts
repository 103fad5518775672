import type { Finding } from '@stuntdouble/sdk/wire'
import { type TableShape, tableKey } from '../../../masking/masking.ts'

interface Kind {
  readonly looksLike: string
  /** Of `schema.table`. */
  readonly name: RegExp
  /** One column at least says what is to be done. */
  readonly columns: RegExp
}

const kinds: readonly Kind[] = [
  {
    looksLike: 'a schedule',
    name: /^(?:cron|pgagent|timetable)\.|(?:^|[._])(?:cron|schedules?|scheduled|scheduler|periodic|recurring)(?:_|$)/,
    columns: /^(?:command|schedule|cron|crontab|next_run(?:_at)?|task|job_class)$/,
  },
  {
    looksLike: 'a queue',
    name: /^(?:pgmq|pgboss|graphile_worker|procrastinate|hangfire|que)\.|(?:^|[._])(?:jobs?|queues?|outbox|inbox|tasks?|messages_queue)(?:_|$)/,
    columns:
      /^(?:payload|args|arguments|handler|message|body|command|data|params|job_class|task_name|run_at|attempts|locked_at)$/,
  },
]

/**
 * Rows that are work to be done. They come along masked like any others; what looks after them in a
 * sandbox would begin to do them, so a person should know.
 */
export function findWorkTables(tables: readonly TableShape[]): Finding[] {
  return tables.flatMap((table) => {
    const kind = kinds.find(
      ({ name, columns }) =>
        name.test(tableKey(table)) && table.columns.some((column) => columns.test(column.name)),
    )
    if (kind === undefined) return []
    return [
      {
        severity: 'info',
        where: tableKey(table),
        message: `looks like ${kind.looksLike} of work: its rows come along, masked as the policy says, and a worker in a sandbox would do them`,
      },
    ]
  })
}

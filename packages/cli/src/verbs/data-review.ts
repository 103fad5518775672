import type { Review } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { plural } from '../output/amounts.ts'
import { openStatus } from '../output/status.ts'
import { table } from '../output/table.ts'
import { sourceNamed } from '../sandboxes/find-source.ts'

interface Options {
  readonly source?: string
  readonly update?: boolean
}

export const addDataReview: AddVerb = (parent, act) =>
  parent
    .command('review')
    .description('propose an answer for every column, and write it where there is none yet')
    .option('--source <source>', 'a source of stuntdouble.yaml; the only one by default')
    .option('--update', 'write the difference into an existing masking.yaml')
    .action(act(review))

async function review(call: Call<Options>) {
  const { context, options } = call
  const control = await call.control({ config: true })
  const source = await sourceNamed(control, options.source)
  const result = await interruptible(context, async (signal) => {
    using status = openStatus(context)
    status.show({ phase: 'review', message: `Looking at ${source}` })
    const onProgress = status.show.bind(status)
    return await control.review(source, { signal, onProgress, update: options.update ?? false })
  })
  call.print(result, describe(result))
}

/** Beside an existing policy only what differs is shown: the rest is as it was reviewed. */
function describe(review: Review): string {
  const shown = review.existed
    ? review.columns.filter(({ change }) => change !== 'same')
    : review.columns
  const rows = shown.map((column) => [
    ...(review.existed ? [signs[column.change]] : []),
    `${column.table}.${column.column}`,
    column.type,
    column.strategy,
    column.unsure ? `UNSURE: ${column.reason}` : column.reason,
  ])
  const head = [...(review.existed ? [''] : []), 'COLUMN', 'TYPE', 'ANSWER', 'BECAUSE']
  const list = rows.length > 0 ? `${table(head, rows)}\n` : ''
  return `${list}${summary(review)}${outcome(review, shown.length)}`
}

const signs = { same: '', added: '+', removed: '-', changed: '~' } as const

const summary = ({ columns, masked, kept, unsure }: Review) =>
  `${plural(columns.length, 'column')}: ${masked} masked, ${kept} kept, ${unsure} unsure.\n`

function outcome({ written, existed, policyPath, unsure }: Review, differences: number): string {
  const look = unsure > 0 ? ' Look at those marked UNSURE; the safer answer stands.' : ''
  if (written) return `Written to ${policyPath}.${look}\n`
  if (existed && differences === 0) return `${policyPath} answers for every column.\n`
  return `${policyPath} is unchanged; --update writes the difference.${look}\n`
}

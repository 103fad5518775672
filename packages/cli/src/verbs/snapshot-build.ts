import type { Finding, Snapshot } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { humanBytes, plural } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { describePlan } from '../output/plan-text.ts'
import { printable } from '../output/printable.ts'
import type { ProgressReport } from '../output/progress-text.ts'
import { openStatus } from '../output/status.ts'
import { sourceNamed } from '../sandboxes/find-source.ts'

interface Options {
  readonly source?: string
}

export const addSnapshotBuild: AddVerb = (parent, act) =>
  parent
    .command('build')
    .description('copy a source, masked on its way, verify the copy and seal it')
    .option('--source <source>', 'a source of stuntdouble.yaml; the only one by default')
    .action(act(build))

async function build(call: Call<Options>) {
  const { context } = call
  const control = await call.control({ config: true })
  const source = await sourceNamed(control, call.options.source)
  const snapshot = await interruptible(context, async (signal) => {
    using status = openStatus(context)
    status.show({ phase: 'build', message: `Building a snapshot of ${source}` })
    const onProgress = (report: ProgressReport) => {
      if (report.plan) status.note(describePlan(report.plan).trimEnd())
      status.show(report)
    }
    return await control.buildSnapshot(source, { signal, onProgress })
  })
  call.print(snapshot, describe(call, snapshot))
}

function describe({ context }: Call<Options>, snapshot: Snapshot): string {
  const { bold, yellow } = paint(context, context.stdout)
  const { id, source, rows, tables, masked, sizeBytes, findings } = snapshot
  const warnings = findings.filter(({ severity }) => severity === 'warning')
  const line = ({ where, message }: Finding) =>
    `  ${yellow('warning')} ${printable(where)}: ${printable(message)}\n`
  return (
    `${bold(id)} of ${source} is sealed: ${plural(rows, 'row')} in ${plural(tables, 'table')}, ` +
    `${plural(masked, 'column')} masked, ${humanBytes(sizeBytes)}.\n${warnings.map(line).join('')}`
  )
}

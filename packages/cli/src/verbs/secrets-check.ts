import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { packHistory, packWorkspace } from '@stuntdouble/sdk/node'
import type { SecretFinding, SecretsReport } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { exit } from '../exit-codes.ts'
import { humanBytes } from '../output/amounts.ts'
import { printable } from '../output/printable.ts'
import { openStatus } from '../output/status.ts'

interface Options {
  readonly history?: boolean
}

export const addSecretsCheck: AddVerb = (parent, act) =>
  parent
    .command('check')
    .description(
      'look for secrets in a directory, as `up` does before it sends one; ends with 5 if there are',
    )
    .argument('[path]', 'this directory by default')
    .option('--history', 'look into all of its git history too, which `up` leaves behind')
    .action(act(check))

async function check(call: Call<Options>) {
  const { context, options, operands } = call
  const directory = resolve(context.cwd, operands[0] ?? '.')
  const control = await call.control({ config: true })
  const reports = await interruptible(context, async (signal) => {
    using status = openStatus(context)
    status.show({ phase: 'check', message: `Looking through ${directory}` })
    const { archive, leftOut } = await packWorkspace(directory)
    const workspace = await send(control, archive, signal)
    const history = options.history ? await packHistory(directory) : undefined
    return { leftOut, all: [workspace, ...(history ? [await send(control, history, signal)] : [])] }
  })
  const report = { ...together(reports.all), leftOut: reports.leftOut }
  call.print(report, describe(report))
  return report.clean ? exit.ok : exit.refused
}

const send = (control: ControlClient, archive: Readable, signal: AbortSignal) =>
  control.checkSecrets(Readable.toWeb(archive) as never, { signal })

function together(reports: readonly SecretsReport[]): SecretsReport {
  const sum = (what: 'files' | 'bytes' | 'accepted') =>
    reports.reduce((total, report) => total + report[what], 0)
  const findings = reports.flatMap((report) => report.findings)
  const counted = { accepted: sum('accepted'), files: sum('files'), bytes: sum('bytes') }
  return { clean: findings.length === 0, findings, ...counted }
}

function describe(report: SecretsReport & { readonly leftOut: readonly string[] }): string {
  const { clean, findings, accepted, files, bytes, leftOut } = report
  return [
    ...findings.map(finding),
    `${clean ? 'clean' : `REFUSED, ${findings.length} found`}: ${files} files, ${humanBytes(bytes)}`,
    accepted > 0 ? `, ${accepted} accepted` : '',
    leftOut.length > 0 ? `, ${leftOut.length} left out by their names` : '',
    '.\n',
  ].join('')
}

const finding = ({ file, line, what, hint }: SecretFinding) =>
  `${printable(line === null ? file : `${file}:${line}`)}: ${printable(what)}\n      ${printable(hint)}\n`

import type { Check } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { exit } from '../exit-codes.ts'
import { paint } from '../output/paint.ts'
import { printable } from '../output/printable.ts'

export const addDoctor: AddVerb = (parent, act) =>
  parent
    .command('doctor')
    .description('check this installation, and say what to do about what is wrong')
    .action(act(doctor))

async function doctor(call: Call) {
  const control = await call.control({ config: true })
  const report = await control.doctor()
  call.print(report, report.checks.map((check) => describe(call, check)).join(''))
  return report.ok ? exit.ok : exit.failure
}

function describe({ context }: Call, { name, status, message, hint }: Check): string {
  const { green, yellow, red, dim } = paint(context, context.stdout)
  const mark = { ok: green('ok  '), warn: yellow('warn'), fail: red('FAIL') }[status]
  const line = `${mark}  ${printable(name)}: ${printable(message)}\n`
  return hint ? `${line}      ${dim(printable(hint))}\n` : line
}

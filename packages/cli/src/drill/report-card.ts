import type { DrillReport } from '@stuntdouble/sdk/wire'
import type { Context } from '../context.ts'
import { plural } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { printable } from '../output/printable.ts'

/** For a person, to be read in a minute. What is said came from a sandbox, and is made harmless. */
export function reportCard(report: DrillReport, context: Context): string {
  const { bold, green, red, yellow, dim } = paint(context, context.stdout)
  const marks = {
    held: green('held     '),
    through: red('THROUGH  '),
    'not tried': yellow('not tried'),
  }
  const attacks = report.attacks.flatMap(({ family, title, outcome, said }) => [
    `${marks[outcome]}  ${title} ${dim(`(${family})`)}`,
    ...(said === '' ? [] : [`           ${printable(said).replaceAll('\n', ' ')}`]),
  ])
  const sandboxes = report.sandboxes.map(({ id, clean, verified }) =>
    clean && verified
      ? `${green('gone     ')}  ${id}, with a signed receipt that nothing is left`
      : `${red('NOT CLEAN')}  ${id}${verified ? '' : ': its receipt’s signature is wrong'}`,
  )
  return [
    bold('What a hostile agent tried in a throwaway sandbox'),
    ...attacks,
    ...sandboxes,
    '',
    bold('What this machine does not protect against'),
    ...report.exposures.map((exposure) => `- ${printable(exposure)}`),
    '',
    verdict(report),
    '',
  ].join('\n')
}

function verdict({ attacks, ok, seconds }: DrillReport): string {
  const count = (outcome: string) => attacks.filter((attack) => attack.outcome === outcome).length
  const counts = `${count('held')} held, ${count('through')} got through, ${count('not tried')} not tried`
  return `${plural(attacks.length, 'attack')} in ${seconds} s: ${counts}. ${ok ? 'Nothing that was tried got through.' : 'Do not rely on this installation.'}`
}

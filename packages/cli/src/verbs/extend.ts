import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Extended } from '@stuntdouble/sdk/wire'
import { duration } from '../arguments/duration.ts'
import { moment } from '../arguments/moment.ts'
import type { AddVerb, Call } from '../call.ts'
import { humanSeconds } from '../output/amounts.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

interface Options {
  readonly until?: Date
}

export const addExtend: AddVerb = (parent, act) =>
  parent
    .command('extend')
    .description('move a sandbox’s hard end, as far as the operator allows')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('[by]', 'how much longer, such as 30m', duration)
    .option('--until <moment>', 'until then instead, such as 2026-01-31T18:00:00Z', moment)
    .action(act(extend))

/** What was not granted is said, and no failure: the sandbox lives as long as it may. */
async function extend({ control: open, operands: [id = '', by], options, print }: Call<Options>) {
  const { until } = options
  if ((by === undefined) === (until === undefined)) throw byOrUntil()
  const control = await open()
  const found = await findSandbox(control, id)
  const view = await control.extendSandbox(found, by ?? { until: until ?? new Date() })
  print(view, describe(view))
}

function describe({ id, expiresAt, extension }: Extended): string {
  const left = humanSeconds((Date.parse(expiresAt) - Date.now()) / 1000)
  const { asked, limitedBy } = extension
  const now = `${id} now ends in ${left}, at ${expiresAt}.\n`
  if (limitedBy === null) return now
  return `${now}Not at ${asked}, as asked: limits.${limitedBy.limit} allows ${limitedBy.value} from its creation.\n`
}

const byOrUntil = () =>
  new SandboxError('usage', 'Write how much longer, such as 30m, or --until, and not both.', {
    hint: '`sandbox ls` shows when each ends.',
  })

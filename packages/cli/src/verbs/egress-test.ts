import { readBlueprint } from '@stuntdouble/sdk/node'
import { EgressMethod, type EgressVerdict } from '@stuntdouble/sdk/wire'
import { InvalidArgumentError } from 'commander'
import type { AddVerb, Call } from '../call.ts'
import { exit } from '../exit-codes.ts'
import { printable } from '../output/printable.ts'

interface Options {
  readonly method?: EgressMethod
  readonly blueprint?: string
}

export const addEgressTest: AddVerb = (parent, act) =>
  parent
    .command('test')
    .description('which rule decides about a URL; nothing is sent there')
    .argument('<url>', 'such as https://registry.npmjs.org/')
    .option(
      '--method <method>',
      'GET by default; seen in https only where a credential is put in',
      methodOf,
    )
    .option('--blueprint <file>', 'ask for what it asks for; else for all that is allowed')
    .action(act(egressTest))

async function egressTest(call: Call<Options>) {
  const { context, options, operands } = call
  const [url = ''] = operands
  const file = options.blueprint && (await readBlueprint(options.blueprint, context.cwd))
  const control = await call.control({ config: true })
  const verdict = await control.testEgress({
    url,
    ...(options.method && { method: options.method }),
    ...(file && { egress: file.blueprint.egress, credentials: file.blueprint.credentials }),
  })
  call.print(verdict, describe(verdict))
  return verdict.allowed ? exit.ok : exit.refused
}

const describe = ({ allowed, message, hint }: EgressVerdict) =>
  `${allowed ? 'allowed' : 'DENIED'}: ${printable(message)}\n${hint ? `${printable(hint)}\n` : ''}`

function methodOf(text: string): EgressMethod {
  const method = EgressMethod.safeParse(text.toUpperCase())
  if (method.success) return method.data
  throw new InvalidArgumentError(`Write one of ${EgressMethod.options.join(', ')}.`)
}

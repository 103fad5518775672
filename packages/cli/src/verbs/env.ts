import { SandboxError } from '@stuntdouble/sdk/errors'
import type { AddVerb, Call } from '../call.ts'

interface Options {
  readonly e2b?: boolean
}

export const addEnv: AddVerb = (parent, act) =>
  parent
    .command('env')
    .description('print what a program’s environment has to say to find this installation')
    .option('--e2b', 'for programs that are written for E2B')
    .action(act(env))

async function env({ control, options, print }: Call<Options>) {
  if (!options.e2b) throw whoseMissing()
  const variables = await (await control()).e2bEnvironment()
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`)
  print(variables, lines.join(''))
}

const whoseMissing = () =>
  new SandboxError('usage', 'For whom the environment is has to be said.', {
    hint: 'For programs written for E2B: `eval "$(sandbox env --e2b)"`.',
  })

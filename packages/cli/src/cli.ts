import { Command } from 'commander'
import { type Act, callOf } from './call.ts'
import type { Context } from './context.ts'
import { fail } from './failure.ts'
import { addExamples, commandOf, pathOf } from './help/help.ts'
import { verbs } from './verbs/verbs.ts'

/** Runs one command line; resolves with the code to leave with and never rejects. */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  const dashes = argv.indexOf('--')
  const own = dashes === -1 ? argv : argv.slice(0, dashes)
  const rest = dashes === -1 ? [] : argv.slice(dashes + 1)
  let code = 0
  const act: Act =
    (run) =>
    async (...parameters) => {
      code = (await run(callOf(context, parameters.at(-1) as Command, rest))) ?? 0
    }
  const program = programOf(context, act)
  try {
    await program.parseAsync([...own], { from: 'user' })
    return code
  } catch (error) {
    const verb = pathOf(commandOf(program, own))
    return fail(context, error, { json: own.includes('--json'), verb })
  }
}

/** All verbs, each tied to the world by `act`. */
export function programOf(context: Context, act: Act): Command {
  const program = new Command('sandbox')
    .description('Production’s stunt double: short-lived sandboxes with anonymized data.')
    .option('--json', 'print one JSON object; progress and errors go to standard error')
    .option('--config <file>', 'the operator’s stuntdouble.yaml; the one here by default')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      // Errors are thrown, and told in one place.
      outputError: () => {},
    })
    .exitOverride()
  for (const add of verbs) add(program, act)
  addExamples(program)
  return program
}

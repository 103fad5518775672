import { Argument, type Command } from 'commander'
import type { Act, AddVerb, Call } from '../call.ts'
import { complete } from '../completion/complete.ts'
import { namesOf } from '../completion/names.ts'
import { type Shell, scripts } from '../completion/scripts.ts'

export const addCompletion: AddVerb = (program, act) => {
  program
    .command('completion')
    .description('print what makes a shell complete commands, options and names')
    .addArgument(new Argument('<shell>', 'whose').choices(Object.keys(scripts)))
    .addHelpText(
      'after',
      '\nIn ~/.bashrc: eval "$(sandbox completion bash)"\nIn ~/.zshrc, after compinit: eval "$(sandbox completion zsh)"\nIn ~/.config/fish/config.fish: sandbox completion fish | source\n',
    )
    .action(act(completion))
  addComplete(program, act)
}

async function completion({ operands: [shell = ''], print }: Call) {
  const script = scripts[shell as Shell]
  print({ shell, script }, script)
}

/** What those scripts ask at each Tab: a line’s words, the last still being written. */
function addComplete(program: Command, act: Act) {
  program.command('__complete', { hidden: true }).action(
    act(async ({ context, rest }) => {
      const { word, kept, words, wanted, operands } = complete(program, rest)
      const names = wanted === undefined ? [] : await namesOf(context, wanted, operands)
      const fitting = [...words, ...names].filter((one) => one.startsWith(word) && plain.test(one))
      context.stdout.write(fitting.map((one) => `${kept}${one}\n`).join(''))
    }),
  )
}

/** Other names are put on a line as they are, where a shell would obey them. */
const plain = /^[\w@%+.,-]+$/

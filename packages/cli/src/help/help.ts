import type { Command } from 'commander'
import { examples } from './examples.ts'

/** A command’s name from below the program, such as `snapshot build`; the program’s own is empty. */
export function pathOf(command: Command): string {
  if (!command.parent) return ''
  return `${pathOf(command.parent)} ${command.name()}`.trimStart()
}

/** Everything that help lists below a command. */
export const shownBelow = (command: Command): readonly Command[] =>
  command
    .createHelp()
    .visibleCommands(command)
    // The help command is made anew by each look, and belongs to nobody.
    .filter((child) => child.parent !== null && child.name() !== 'help')
    .flatMap((child) => [child, ...shownBelow(child)])

/** Puts examples under the help of every command. */
export function addExamples(program: Command) {
  for (const command of shownBelow(program)) {
    const shown = examples[pathOf(command)] ?? []
    command.addHelpText('after', `\nExamples:\n${shown.map((line) => `  ${line}\n`).join('')}`)
  }
}

/** The command that a line means, as far as it names one. */
export function commandOf(program: Command, argv: readonly string[]): Command {
  const [name, ...rest] = argv.filter((word) => !word.startsWith('-'))
  const child = program.commands.find((command) => command.name() === name)
  return child ? commandOf(child, rest) : program
}

import type { Argument, Command, Option } from 'commander'

/** What may stand at the end of a line: words that are known, and what only an orchestrator knows. */
export interface Completion {
  /** The word to be completed, or what of it follows `--option=`. */
  readonly word: string
  /** What stands before it on its word and is to be kept: `--option=`, or nothing. */
  readonly kept: string
  readonly words: readonly string[]
  /** As help calls it between brackets: `id`, `checkpoint`, `file` … */
  readonly wanted: string | undefined
  readonly operands: readonly string[]
}

interface Place {
  readonly command: Command
  readonly operands: readonly string[]
  /** An option whose value comes next. */
  readonly open: Option | undefined
}

/** Reads the words after `sandbox`, the last of which is being written, by the verbs’ own declarations. */
export function complete(program: Command, words: readonly string[]): Completion {
  const word = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  // From there on it is the command line of a program inside.
  if (before.includes('--')) return { ...nothing, word }
  const place = before.reduce(step, { command: program, operands: [], open: undefined })
  const { command, operands, open } = place
  if (open) return { ...nothing, ...valuesOf(open), word: word === '=' ? '' : word, operands }
  if (!word.startsWith('-')) return { ...nothing, ...operandsOf(place), word, operands }

  const [flag = '', ...value] = word.split('=')
  const option = value.length > 0 ? optionOf(command, flag) : undefined
  if (!option) return { ...nothing, words: flagsOf(command), word, operands }
  return { ...valuesOf(option), word: value.join('='), kept: `${flag}=`, operands }
}

const nothing = { kept: '', words: [], wanted: undefined, operands: [] } as const

function step({ command, operands, open }: Place, word: string): Place {
  // Of `--option=value`, bash makes three words.
  if (open) return { command, operands, open: word === '=' ? open : undefined }
  if (word.startsWith('-')) {
    const option = optionOf(command, word)
    return { command, operands, open: option?.required ? option : undefined }
  }
  const child = operands.length === 0 ? childOf(command, word) : undefined
  return child
    ? { command: child, operands, open }
    : { command, operands: [...operands, word], open }
}

const childOf = (command: Command, name: string) =>
  command.commands.find((child) => child.name() === name)

/** Its own, and those of the commands above it. */
const optionsOf = (command: Command): readonly Option[] => [
  ...command.options,
  ...(command.parent ? optionsOf(command.parent) : []),
]

const optionOf = (command: Command, flag: string) =>
  optionsOf(command).find(({ long, short }) => flag === long || flag === short)

const flagsOf = (command: Command) => [
  ...optionsOf(command).flatMap(({ hidden, long }) => (hidden || !long ? [] : [long])),
  '--help',
]

const valuesOf = ({ argChoices = [], flags }: Option) => ({
  words: argChoices,
  wanted: /[<[]([^>\]]+)/.exec(flags)?.[1],
})

function operandsOf({ command, operands }: Place) {
  const first = operands.length === 0 ? command.createHelp().visibleCommands(command) : []
  const argument = argumentAt(command.registeredArguments, operands.length)
  return {
    words: [...first.map((child) => child.name()), ...(argument?.argChoices ?? [])],
    wanted: argument?.name(),
  }
}

function argumentAt(known: readonly Argument[], index: number): Argument | undefined {
  const last = known.at(-1)
  return known[index] ?? (last?.variadic ? last : undefined)
}

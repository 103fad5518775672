import { SandboxError } from '@stuntdouble/sdk/errors'
import { problemOf } from '@stuntdouble/sdk/wire'
import { CommanderError } from 'commander'
import { type Context, Interrupted } from './context.ts'
import { exit, exitCodeOf } from './exit-codes.ts'
import { paint } from './output/paint.ts'
import { printable, printableJson } from './output/printable.ts'

interface Asked {
  readonly json: boolean
  /** The command that was misused, when the line named one. */
  readonly verb?: string
}

/** Says what went wrong on standard error, and with which code to leave. Standard output stays empty. */
export function fail(context: Context, error: unknown, { json, verb }: Asked): number {
  if (error instanceof Interrupted) {
    context.stderr.write('Interrupted. Nothing of it is left.\n')
    return exit.interrupted
  }
  // Help and version were asked for and are already printed.
  if (error instanceof CommanderError && error.exitCode === 0) return exit.ok
  const known = asSandboxError(error, verb)
  context.stderr.write(json ? `${printableJson(problemOf(known))}\n` : explain(context, known))
  return exitCodeOf[known.code]
}

function explain(context: Context, error: SandboxError): string {
  const { red, dim } = paint(context, context.stderr)
  return `${red('error:')} ${printable(error.message)}\n${dim(`hint:  ${printable(error.hint)}`)}\n`
}

function asSandboxError(error: unknown, verb: string | undefined): SandboxError {
  if (error instanceof SandboxError) return error
  if (error instanceof CommanderError) return misused(error, verb)
  const message = error instanceof Error ? error.message : String(error)
  return new SandboxError('internal', message, {
    hint: 'This looks like a bug of ours; please report it with `sandbox doctor --json`.',
    cause: error,
  })
}

function misused(error: CommanderError, verb: string | undefined): SandboxError {
  const message = error.message.replace(/^error: /, '').replace('\n', ' ')
  const sentence = error.code === 'commander.help' ? 'A command is missing.' : message
  return new SandboxError('usage', sentence, {
    hint: verb
      ? `\`sandbox ${verb} --help\` explains it, with examples.`
      : '`sandbox --help` lists the commands, `sandbox COMMAND --help` explains one.',
  })
}

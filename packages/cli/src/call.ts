import type { ControlClient } from '@stuntdouble/sdk/client'
import type { Command } from 'commander'
import type { Context } from './context.ts'
import { ensureOrchestrator } from './local/local.ts'
import { printableJson } from './output/printable.ts'

interface GlobalOptions {
  readonly json?: boolean
  readonly config?: string
}

/** One use of a verb. */
export interface Call<Options = object> {
  readonly context: Context
  readonly options: Options & GlobalOptions
  readonly operands: readonly string[]
  /** What stood after `--`: never ours to interpret. */
  readonly rest: readonly string[]
  /** The orchestrator, started if need be; restarted on another configuration only by verbs that use it. */
  control(needs?: { readonly config: boolean }): Promise<ControlClient>
  /** The one thing on standard output: JSON for programs, text for people. */
  print(value: unknown, text: string): void
}

/** Runs one use; an exit code when it is not 0. */
// biome-ignore lint/suspicious/noConfusingVoidType: a verb that returns nothing went well
type Run<Options> = (call: Call<Options>) => Promise<number | void>

/** Ties a verb’s function to a command of the parser. */
export type Act = <Options>(run: Run<Options>) => (...parameters: unknown[]) => Promise<void>

export type AddVerb = (parent: Command, act: Act) => void

export function callOf<Options>(
  context: Context,
  command: Command,
  rest: readonly string[],
): Call<Options> {
  const options = command.optsWithGlobals() as Options & GlobalOptions
  return {
    context,
    options,
    operands: command.args,
    rest,
    control: ({ config } = { config: false }) =>
      ensureOrchestrator(context, { config: options.config, needsConfig: config }),
    print: (value, text) =>
      void context.stdout.write(options.json ? `${printableJson(value)}\n` : text),
  }
}

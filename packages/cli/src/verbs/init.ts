import { realpath, stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { InitResult } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { paint } from '../output/paint.ts'
import { printableName } from '../output/printable.ts'

interface Options {
  readonly force?: boolean
  readonly dryRun?: boolean
  readonly data: boolean
}

export const addInit: AddVerb = (parent, act) =>
  parent
    .command('init')
    .description('read a repository, and write the sandbox.yaml of a sandbox for it')
    .argument('[directory]', 'the repository; this directory by default')
    .option('--dry-run', 'print what would be written, and write nothing')
    .option('--force', 'replace a sandbox.yaml; a stuntdouble.yaml always stays')
    .option('--no-data', 'leave databases out, so that `sandbox up` needs nothing more')
    .addHelpText(
      'after',
      `
Nothing of the repository is run, no link in it is followed, and no value of a
variable is kept. Databases of a compose file become sources of a new
stuntdouble.yaml, each with its URL in a variable that you set.
`,
    )
    .action(act(initialize))

async function initialize(call: Call<Options>): Promise<void> {
  const { context, options, operands } = call
  const { init } = await import('../init/init.ts')
  const result = await init({
    directory: await directoryOf(resolve(context.cwd, operands[0] ?? '.')),
    config: options.config === undefined ? undefined : resolve(context.cwd, options.config),
    dryRun: options.dryRun ?? false,
    force: options.force ?? false,
    data: options.data,
  })
  call.print(result, options.dryRun ? texts(call, result) : describe(call, result))
}

async function directoryOf(path: string): Promise<string> {
  const directory = await realpath(path).catch(() => path)
  const found = await stat(directory).catch(() => undefined)
  if (found?.isDirectory()) return directory
  throw new SandboxError('usage', `${path} is no directory.`, {
    hint: 'Name the directory of a repository, or leave it out for this one.',
  })
}

const shown = ({ context }: Call<Options>, path: string) =>
  printableName(relative(context.cwd, path) || '.')

const texts = (call: Call<Options>, { files }: InitResult) =>
  files.map(({ path, text }) => `${shown(call, path)}:\n\n${text}`).join('\n')

function describe(call: Call<Options>, { files, found, next, databases }: InitResult): string {
  const { bold, dim, yellow } = paint(call.context, call.context.stdout)
  const missing = databases.filter(({ state }) => state === 'missing')
  return [
    ...found.map(({ kind, path, says }) => {
      const line = `${path}: ${says}`
      return kind === 'left_out' ? yellow(line) : line
    }),
    ...(found.length > 0 ? [''] : []),
    ...files.map(({ path }) => `Written: ${bold(shown(call, path))}`),
    ...missing.map(({ name, kind }) =>
      yellow(`No source of kind ${kind} for ${name} is configured; it stands there as a comment.`),
    ),
    '',
    dim('Read what was written, then:'),
    ...next.map((line) => `  ${line}`),
    '',
  ].join('\n')
}

import { Readable } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { z } from 'zod'
import { serially } from '../../lib/serially.ts'
import type { Commands } from '../commands.ts'
import type { FileRef, Files } from '../files.ts'
import { textOf } from './file-text.ts'
import { runScript } from './inside.ts'
import { Path } from './paths.ts'
import { type AddTool, sandboxTool } from './tool.ts'

const limitBytes = 8 * 1024 ** 2

const Input = z.strictObject({
  path: Path,
  old_string: z.string().min(1).describe('As it stands in the file, spaces and all.'),
  new_string: z.string(),
  replace_all: z.boolean().default(false),
})

const Output = z.object({ path: z.string(), replaced: z.int(), size: z.int() })

interface Parts {
  readonly files: Files
  readonly commands: Commands
  readonly onWritten: (sandbox: string, written: { path: string; size: number }) => void
}

/**
 * Edits of one file wait for each other, or the last of two would undo the first. What a program inside
 * writes between the reading and the writing is lost, as in any editor.
 */
export function editFileTool({ files, commands, onWritten }: Parts): AddTool {
  const inTurn = serially<string>()

  async function edit(file: FileRef, input: z.output<typeof Input>, signal: AbortSignal) {
    const before = await textOf(files, file, { limitBytes, signal })
    const replaced = countOf(before, input.old_string)
    if (replaced === 0) throw notThere(file.path)
    if (replaced > 1 && !input.replace_all) throw notUnique(file.path, replaced)
    const after = before.split(input.old_string).join(input.new_string)
    const size = await files.write(file, Readable.from([Buffer.from(after)]), signal)
    onWritten(file.sandbox, { path: file.path, size })
    return { path: file.path, replaced, size }
  }

  return sandboxTool(
    {
      name: 'edit_file',
      title: 'Edit a file',
      description:
        'Replaces text in a file. old_string must stand there exactly once, or replace_all be true; else nothing is changed. The file is replaced at once and keeps its mode.',
      input: Input,
      output: Output,
      annotations: { destructiveHint: true, idempotentHint: false, openWorldHint: false },
    },
    async (input, { sandbox, signal }) => {
      // A link stays one: what it leads to is replaced.
      const path = await resolved(commands, { sandbox, path: input.path }, signal)
      const file = { sandbox, path }
      const structured = await inTurn(`${sandbox}:${path}`, () => edit(file, input, signal))
      const times = structured.replaced === 1 ? 'once' : `${structured.replaced} times`
      return { structured, text: `replaced ${times} in ${path}, now ${structured.size} bytes` }
    },
  )
}

async function resolved(commands: Commands, { sandbox, path }: FileRef, signal: AbortSignal) {
  const script = { script: 'readlink -f -- "$1"', args: [path], path }
  const target = (await runScript(commands, { sandbox, ...script, signal })).replace(/\n$/, '')
  return target.startsWith('/') ? target : path
}

function countOf(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1
  return count
}

const notThere = (path: string) =>
  new SandboxError('usage', `old_string does not stand in "${path}"; nothing was changed.`, {
    hint: 'Read the file and copy the text exactly, with its spaces, tabs and line ends.',
  })

const notUnique = (path: string, count: number) =>
  new SandboxError('usage', `old_string stands ${count} times in "${path}"; nothing was changed.`, {
    hint: 'Give more of what surrounds it, or replace_all: true.',
  })

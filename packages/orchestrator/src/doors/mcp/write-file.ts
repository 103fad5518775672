import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Files } from '../files.ts'
import { Path } from './paths.ts'
import { type AddTool, sandboxTool } from './tool.ts'

const Input = z.strictObject({ path: Path, content: z.string() })
const Output = z.object({ path: z.string(), size: z.int() })

/** `onWritten` is told of each file. */
export const writeFileTool = (
  files: Files,
  onWritten: (sandbox: string, written: z.infer<typeof Output>) => void,
): AddTool =>
  sandboxTool(
    {
      name: 'write_file',
      title: 'Write a file',
      description:
        'Writes a whole text file, up to 1 MB, and makes its directories. What was there is replaced at once. Use edit_file to change a part.',
      input: Input,
      output: Output,
      annotations: { destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ path, content }, { sandbox, signal }) => {
      const body = Readable.from([Buffer.from(content)])
      const size = await files.write({ sandbox, path }, body, signal)
      onWritten(sandbox, { path, size })
      return { structured: { path, size }, text: `${size} bytes written to ${path}` }
    },
  )

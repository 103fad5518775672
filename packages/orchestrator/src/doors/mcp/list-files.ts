import { FileEntry } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import type { Commands } from '../commands.ts'
import { parseListing } from '../listing.ts'
import { runScript } from './inside.ts'
import { Path } from './paths.ts'
import { type AddTool, sandboxTool } from './tool.ts'

const most = 1_000

const Input = z.strictObject({
  path: Path.default('/workspace'),
  depth: z.int().min(1).max(20).default(1).describe('1 lists the directory alone.'),
})

const Output = z.object({
  path: z.string(),
  entries: z.array(FileEntry.omit({ name: true })),
  /** Whether there are more than are listed. */
  more: z.boolean(),
})

/** What others have made is not walked into: it would be all there is to see. */
const script = `
[ -d "$1" ] || { [ -e "$1" ] || exit 3; echo "it is not a directory" >&2; exit 1; }
[ -r "$1" ] || { echo "permission denied" >&2; exit 1; }
find "$1/" -mindepth 1 -maxdepth "$2" -printf '%y\\t%s\\t%T@\\t%P\\0' \\
  \\( -name .git -o -name node_modules \\) -prune 2>/dev/null | head -z -n ${most + 1}`

export const listFilesTool = (commands: Commands): AddTool =>
  sandboxTool(
    {
      name: 'list_files',
      title: 'List files',
      description: `Lists a directory, and with depth those below it, ${most} entries at most. What is in .git and node_modules is listed only when asked for itself.`,
      input: Input,
      output: Output,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async ({ path, depth }, { sandbox, signal }) => {
      const args = [path, String(depth)]
      const found = await runScript(commands, { sandbox, script, args, path, signal })
      const entries = parseListing(path, found).map(({ name: _name, ...entry }) => entry)
      const structured = { path, entries: entries.slice(0, most), more: entries.length > most }
      return { structured, text: told(structured) }
    },
  )

function told({ path, entries, more }: z.infer<typeof Output>): string {
  if (entries.length === 0) return `${path} is empty`
  const lines = entries.map((entry) =>
    entry.type === 'directory' ? `${entry.path}/` : `${entry.path} (${size(entry)})`,
  )
  return [...lines, ...(more ? [`[the first ${most}; list a part of it for the rest]`] : [])].join(
    '\n',
  )
}

const size = ({ type, size }: Pick<FileEntry, 'type' | 'size'>) =>
  type === 'file' ? `${size} bytes` : type

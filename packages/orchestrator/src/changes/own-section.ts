import { agentsFile, withoutSection } from '../workspaces/workspaces.ts'
import type { TreeEntry } from './tree-entries.ts'

const limitBytes = 1024 ** 2

/**
 * An entry without the section that we put into it ourselves: that is nobody’s work. Undefined for a file
 * that is nothing else, unless one `wasThere` before us.
 */
export async function withoutOurs(
  entry: TreeEntry,
  wasThere: boolean,
): Promise<TreeEntry | undefined> {
  if (entry.path !== agentsFile || entry.mode === '120000' || entry.size > limitBytes) return entry
  const chunks: Buffer[] = []
  for await (const chunk of entry.content) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  // One character for each byte: whatever is not text stays as it is.
  const own = Buffer.from(withoutSection(bytes.toString('latin1')), 'latin1')
  if (own.length === 0 && bytes.length > 0 && !wasThere) return undefined
  // One that was cut short stays so, and is told.
  const size = bytes.length === entry.size ? own.length : entry.size
  return { ...entry, size, content: inOne(own) }
}

async function* inOne(bytes: Buffer) {
  yield bytes
}

import type { FileEntry } from '@stuntdouble/sdk/wire'
import { useEffect, useState } from 'preact/hooks'
import { harmless } from '../format/harmless.ts'
import { formatBytes } from '../format/quantity.ts'
import { ProblemNotice } from '../views/problem-notice.tsx'
import { useAction } from '../views/use-action.ts'
import { FileView } from './file-view.tsx'
import type { PanelProps } from './panel.ts'

const home = '/workspace'

/** Walks the sandbox’s files as the agent sees them. */
export function FilesPanel({ inside, onUse }: PanelProps) {
  const [path, setPath] = useState(home)
  const [open, setOpen] = useState<FileEntry>()
  const list = useAction(async () => {
    const entries = await inside.list(path)
    onUse()
    return [...entries].sort(inOrder)
  })
  const upload = useAction(async (files: readonly File[]) => {
    for (const file of files) await inside.write(`${path}/${file.name}`, file)
    list.run()
  })
  useEffect(() => {
    setOpen(undefined)
    list.run()
  }, [path])
  const show = (entry: FileEntry) =>
    entry.type === 'directory' ? setPath(entry.path) : setOpen(entry)
  const problem = list.problem ?? upload.problem
  return (
    <>
      <div class="bar">
        <button
          type="button"
          disabled={path === '/' || list.busy}
          onClick={() => setPath(parentOf(path))}
        >
          Up
        </button>
        <code class="grow">{harmless(path)}</code>
        <label class="upload">
          Add files
          <input
            {...{ type: 'file', multiple: true, disabled: upload.busy }}
            onChange={({ currentTarget }) => upload.run([...(currentTarget.files ?? [])])}
          />
        </label>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {list.answer && <Entries entries={list.answer} busy={list.busy} show={show} />}
      {open && <FileView {...{ inside, onUse, entry: open }} key={open.path} />}
    </>
  )
}

interface EntriesProps {
  readonly entries: readonly FileEntry[]
  readonly busy: boolean
  readonly show: (entry: FileEntry) => void
}

function Entries({ entries, busy, show }: EntriesProps) {
  if (entries.length === 0) return <p class="quiet">Nothing is in here.</p>
  return (
    <ul class="entries" aria-label="Files">
      {entries.map((entry) => (
        <li key={entry.path}>
          <button type="button" class="plain" disabled={busy} onClick={() => show(entry)}>
            {harmless(entry.name)}
            {entry.type === 'directory' && '/'}
          </button>
          <span class="quiet">{entry.type === 'file' ? formatBytes(entry.size) : entry.type}</span>
        </li>
      ))}
    </ul>
  )
}

/** Directories first. */
function inOrder(one: FileEntry, other: FileEntry): number {
  const rank = ({ type }: FileEntry) => (type === 'directory' ? 0 : 1)
  return rank(one) - rank(other) || one.name.localeCompare(other.name)
}

const parentOf = (path: string) => path.replace(/\/[^/]*$/, '') || '/'

import type { FileEntry } from '@stuntdouble/sdk/wire'
import { useEffect } from 'preact/hooks'
import { harmless } from '../format/harmless.ts'
import { formatBytes } from '../format/quantity.ts'
import { ProblemNotice } from '../views/problem-notice.tsx'
import { useAction } from '../views/use-action.ts'
import { beginningOf } from './beginning-of.ts'
import type { PanelProps } from './panel.ts'

const shownBytes = 256 * 1024

/** The beginning of one file as text, never as what it claims to be. */
export function FileView({ inside, onUse, entry }: PanelProps & { readonly entry: FileEntry }) {
  const reading = useAction(async () => {
    const bytes = await beginningOf(await inside.read(entry.path), shownBytes)
    onUse()
    return textOf(bytes)
  })
  useEffect(() => reading.run(), [])
  return (
    <section class="file" aria-label={harmless(entry.name)}>
      <div class="bar">
        <code class="grow">{harmless(entry.path)}</code>
        {entry.size > shownBytes && <span class="quiet">first {formatBytes(shownBytes)}</span>}
        <a href={inside.download(entry.path)} download={entry.name}>
          Download
        </a>
      </div>
      {reading.problem && <ProblemNotice problem={reading.problem} />}
      {reading.answer === null && <p class="quiet">This is no text.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      {reading.answer && <pre tabIndex={0}>{harmless(reading.answer)}</pre>}
    </section>
  )
}

/** Null where it holds a NUL, as git tells text from what is none. */
const textOf = (bytes: Uint8Array) => (bytes.includes(0) ? null : new TextDecoder().decode(bytes))

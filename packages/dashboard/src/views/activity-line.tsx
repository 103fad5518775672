import type { SandboxEvent } from '@stuntdouble/sdk/wire'
import { useState } from 'preact/hooks'
import { eventLine } from '../format/event-line.ts'
import { type Clipped, firstCharacters, lastLines } from '../format/harmless.ts'
import { formatClock, formatDate } from '../format/time.ts'

const shownCharacters = 600
const shownLines = 12

export function ActivityLine({ event }: { event: SandboxEvent }) {
  const line = eventLine(event)
  return (
    <li class={`line ${line.tone}`}>
      <time dateTime={event.at} title={formatDate(event.at)}>
        {formatClock(event.at)}
      </time>
      <div class="line-body">
        <p class="line-head">
          <span class="line-label">{line.label}</span>
          {line.note && <span class="quiet">{line.note}</span>}
        </p>
        {line.code && (
          <Clip
            full={line.code}
            clipped={firstCharacters(line.code, shownCharacters)}
            kind="code"
          />
        )}
        {line.output && (
          <Clip full={line.output} clipped={lastLines(line.output, shownLines)} kind="output" />
        )}
      </div>
    </li>
  )
}

interface ClipProps {
  readonly full: string
  readonly clipped: Clipped
  readonly kind: 'code' | 'output'
}

/** An agent decides how long its text is; the reader decides how much of it to see. */
function Clip({ full, clipped, kind }: ClipProps) {
  const [whole, setWhole] = useState(false)
  const unit = kind === 'code' ? 'characters' : 'lines'
  return (
    <>
      <pre class={`line-${kind}`}>{whole ? full : clipped.text}</pre>
      {clipped.hidden > 0 && (
        <button type="button" class="small" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : `Show ${clipped.hidden} more ${unit}`}
        </button>
      )}
    </>
  )
}

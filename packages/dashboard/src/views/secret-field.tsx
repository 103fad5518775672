import { useState } from 'preact/hooks'
import { CopyButton } from './copy-button.tsx'

interface SecretFieldProps {
  readonly label: string
  readonly value: string
  /** The value with its secret part replaced. */
  readonly concealed: string
}

/** A value that may be copied without being shown to whoever looks over a shoulder. */
export function SecretField({ label, value, concealed }: SecretFieldProps) {
  const [shown, setShown] = useState(false)
  return (
    <div class="field">
      <div class="field-label">{label}</div>
      <code class="field-value">{shown ? value : concealed}</code>
      <div class="field-actions">
        <button type="button" class="small" aria-pressed={shown} onClick={() => setShown(!shown)}>
          Show<span class="hidden"> {label}</span>
        </button>
        <CopyButton value={value} label={label} />
      </div>
    </div>
  )
}

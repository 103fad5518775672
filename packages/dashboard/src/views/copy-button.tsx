import { useEffect, useState } from 'preact/hooks'

interface CopyButtonProps {
  readonly value: string
  /** What is copied, for those who do not see what the button stands beside. */
  readonly label: string
}

const words = { idle: 'Copy', copied: 'Copied', refused: 'Select it and copy' } as const

export function CopyButton({ value, label }: CopyButtonProps) {
  const [state, setState] = useState<keyof typeof words>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 2000)
    return () => clearTimeout(timer)
  }, [state])

  // Away from localhost, and without TLS, a browser has no clipboard to offer.
  const copy = async () => {
    const copied = await navigator.clipboard?.writeText(value).then(
      () => true,
      () => false,
    )
    setState(copied ? 'copied' : 'refused')
  }
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      <span aria-live="polite">{words[state]}</span>
      <span class="hidden"> {label}</span>
    </button>
  )
}

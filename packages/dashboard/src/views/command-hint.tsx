import { CopyButton } from './copy-button.tsx'

/** A command to type, ready to be copied. */
export function CommandHint({ command }: { command: string }) {
  return (
    <div class="command-hint">
      <code>
        <span class="prompt" aria-hidden="true">
          ${' '}
        </span>
        {command}
      </code>
      <CopyButton value={command} label={`the command ${command}`} />
    </div>
  )
}

import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'

export interface Panel {
  readonly name: string
  readonly view: ComponentChildren
}

/** All panels stay where they are, so that a terminal goes on behind another tab. */
export function Tabs({ panels }: { panels: readonly Panel[] }) {
  const [open, setOpen] = useState(panels[0]?.name)
  const id = useId()
  return (
    <section class="tabs" aria-label="Inside the sandbox">
      <div role="tablist" aria-label="Inside the sandbox" onKeyDown={(event) => walk(event)}>
        {panels.map(({ name }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-selected={name === open}
            aria-controls={`${id}-${name}-panel`}
            tabIndex={name === open ? 0 : -1}
            onClick={() => setOpen(name)}
          >
            {name}
          </button>
        ))}
      </div>
      {panels.map(({ name, view }) => (
        <div
          key={name}
          role="tabpanel"
          id={`${id}-${name}-panel`}
          class="tab-panel"
          aria-labelledby={`${id}-${name}`}
          hidden={name !== open}
        >
          {view}
        </div>
      ))}
    </section>
  )
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }

/** The arrow keys go from tab to tab, as the pattern for tabs has it. */
function walk({ key, currentTarget }: KeyboardEvent): void {
  const step = steps[key]
  if (step === undefined || !(currentTarget instanceof HTMLElement)) return
  const tabs = [...currentTarget.querySelectorAll<HTMLElement>('[role=tab]')]
  const at = tabs.indexOf(document.activeElement as HTMLElement)
  const next = tabs[(at + step + tabs.length) % tabs.length]
  next?.focus()
  next?.click()
}

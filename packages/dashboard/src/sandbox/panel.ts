import type { Inside } from './inside.ts'

export interface PanelProps {
  readonly inside: Inside
  /** To be called after each use. */
  readonly onUse: () => void
}

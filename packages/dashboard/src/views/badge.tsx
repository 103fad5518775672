import type { SandboxView, Snapshot } from '@stuntdouble/sdk/wire'

type Look = 'good' | 'busy' | 'warn' | 'bad' | 'over'

const states: Record<SandboxView['state'] | Snapshot['state'], readonly [string, Look]> = {
  creating: ['Creating', 'busy'],
  ready: ['Ready', 'good'],
  paused: ['Paused', 'over'],
  rolling_back: ['Rolling back', 'busy'],
  ending: ['Ending', 'warn'],
  ended: ['Ended', 'over'],
  building: ['Building', 'busy'],
  sealed: ['Sealed', 'good'],
  failed: ['Failed', 'bad'],
}

export function StateBadge({ state }: { state: keyof typeof states }) {
  const [word, look] = states[state]
  return <span class={`badge ${look}`}>{word}</span>
}

/** Null is a receipt that is not written yet: neither clean nor unclean. */
export function CleanBadge({ clean }: { clean: boolean | null }) {
  if (clean === null) return <span class="badge over">No receipt yet</span>
  return <span class={`badge ${clean ? 'good' : 'bad'}`}>{clean ? 'Clean' : 'Not clean'}</span>
}

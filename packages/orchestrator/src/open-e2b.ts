import type { Blueprint } from '@stuntdouble/sdk/wire'
import type { LoadedConfig } from './config/config.ts'
import { e2bKeyOf } from './doors/e2b/api-key.ts'
import type { E2bParts } from './doors/e2b/e2b.ts'
import { createWatchers } from './doors/e2b/envd/watchers.ts'
import { createNotes } from './doors/e2b/notes.ts'
import { createSeenTokens } from './doors/e2b/tokens.ts'
import type { Installation } from './installation/installation.ts'
import type { Storage } from './storage/storage.ts'

type Given = 'sandboxes' | 'capabilities' | 'doors' | 'recorder' | 'wrongKeys' | 'clock'

interface Parts extends Pick<E2bParts, Given> {
  readonly config: Pick<LoadedConfig, 'limits' | 'templates' | 'listen'>
  readonly installation: Pick<Installation, 'apiKey'>
  readonly storage: Storage
  readonly origin: { readonly control: string; readonly gateway: string }
}

/** The face that E2B’s packages know. */
export function openE2b({ config, installation, storage, origin, ...parts }: Parts): E2bParts {
  const notes = createNotes(storage)
  const tokens = createSeenTokens()
  const watchers = createWatchers()
  const key = e2bKeyOf(installation.apiKey)
  const templates: Record<string, Blueprint> = config.templates
  notes.keep(parts.sandboxes.list({ ended: false }).map(({ id }) => id))
  return {
    ...parts,
    ...{ key, notes, tokens, watchers, templates, longestTtl: config.limits.maxTtl },
    hosted: parts.sandboxes,
    environment: () => ({
      E2B_API_URL: `${origin.control}/e2b`,
      E2B_SANDBOX_URL: `${origin.gateway}/e2b`,
      E2B_API_KEY: key,
      E2B_DOMAIN: config.listen.previewDomain ?? `localhost:${new URL(origin.gateway).port}`,
    }),
    close(sandbox) {
      notes.forget(sandbox)
      tokens.forget(sandbox)
      watchers.forget(sandbox)
    },
  }
}

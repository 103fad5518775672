import { SandboxError } from '../errors.ts'

/** What a hand-over URL says by itself. */
export interface Capability {
  readonly id: string
  /** Without a slash at the end. */
  readonly url: string
  readonly token: string
}

const pattern = /\/s\/(sd_(sb[a-z0-9]{12})_[A-Za-z0-9_-]{43})\/?$/

/** `http://host:port/s/sd_<id>_<secret>` and its parts. The message of a refusal does not repeat it. */
export function parseHandoverUrl(text: string): Capability {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const [, token, id] = pattern.exec(url?.pathname ?? '') ?? []
  if (!url || !/^https?:$/.test(url.protocol) || !token || !id) throw notAHandoverUrl()
  return { id, token, url: `${url.origin}${url.pathname.replace(/\/$/, '')}` }
}

const notAHandoverUrl = () =>
  new SandboxError('usage', 'That is not a hand-over URL.', {
    hint: 'Copy the whole `url` that `sandbox up` or `sandbox url` printed.',
  })

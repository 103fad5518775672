import type { EgressTestRequest, EgressVerdict } from '@stuntdouble/sdk/wire'
import { authorityOf } from './authority.ts'
import { explain, targetOf } from './denial.ts'
import { notAnAddress } from './errors.ts'
import type { Policy } from './policy.ts'
import { rulesOf, type Wanted } from './rules.ts'

/** Which rule decides about a URL, in the words that a sandbox would read. */
export function explainUrl(
  policy: Policy,
  { url, method, egress }: EgressTestRequest,
): EgressVerdict {
  const want = wantedOf(url, method)
  const verdict = policy.decide(egress?.flatMap(rulesOf) ?? policy.everything, want)
  const target = targetOf(want)
  if (!verdict.allowed) {
    const { reason } = verdict
    return { allowed: false, target, rule: null, reason, ...explain(reason, want) }
  }
  const message = `The operator’s rule "${verdict.rule}" allows ${target}, for a blueprint that asks for it.`
  return { allowed: true, target, rule: verdict.rule, reason: null, message, hint: null }
}

function wantedOf(url: string, method: string): Wanted {
  const [, scheme, asked, path] = /^(https?):\/\/([^/?#]*)([^?#]*)/.exec(url) ?? []
  if (asked === undefined || (scheme !== 'http' && scheme !== 'https')) throw notAnAddress(url)
  const authority = authorityOf(asked, scheme === 'https' ? 443 : 80)
  if (!authority) throw notAnAddress(url)
  if (scheme === 'https') return { scheme, ...authority, method: null, path: null }
  return { scheme, ...authority, method, path: path || '/' }
}

import type { EgressTestRequest, EgressVerdict } from '@stuntdouble/sdk/wire'
import { authorityOf } from './authority.ts'
import type { Broker, CredentialRule } from './broker/broker.ts'
import { explain, targetOf } from './denial.ts'
import { notAnAddress } from './errors.ts'
import type { Policy } from './policy.ts'
import { matches, rulesOf, type Wanted } from './rules.ts'

/** Which rule decides about a URL, in the words that a sandbox would read, and which credential is put in. */
export function explainUrl(
  policy: Policy,
  broker: Pick<Broker, 'rules'>,
  { url, method, egress, credentials }: EgressTestRequest,
): EgressVerdict {
  const seen = wantedOf(url, method)
  const here = broker.rules(credentials).filter(({ rule }) => goesTo(rule, seen))
  const want =
    here.length > 0 || seen.scheme === 'http' ? seen : { ...seen, method: null, path: null }
  const agreed = here.map(({ rule }) => rule)
  const asked = egress?.flatMap(rulesOf) ?? policy.everything
  const verdict = policy.decide(asked, want, agreed)
  const target = targetOf(want)
  if (!verdict.allowed) {
    const { reason } = verdict
    const said = explain(reason, want)
    return { allowed: false, target, rule: null, reason, credential: null, ...said }
  }
  const put = here.find(({ rule }) => matches(rule, want))
  const message = put
    ? putIn(put, target)
    : `The operator’s rule "${verdict.rule}" allows ${target}, for a blueprint that asks for it.`
  const credential = put?.credential.name ?? null
  return {
    allowed: true,
    target,
    rule: verdict.rule,
    reason: null,
    credential,
    message,
    hint: null,
  }
}

const putIn = ({ credential: { name, variable } }: CredentialRule, target: string) =>
  `The credential "${name}" is put in on the way to ${target} where its placeholder stands ($${variable}), for a blueprint that asks for it.`

const goesTo = ({ scheme, host, ports }: CredentialRule['rule'], want: Wanted) =>
  scheme === want.scheme && host === want.host && ports.includes(want.port)

function wantedOf(url: string, method: string): Wanted {
  const [, scheme, asked, path] = /^(https?):\/\/([^/?#]*)([^?#]*)/.exec(url) ?? []
  if (asked === undefined || (scheme !== 'http' && scheme !== 'https')) throw notAnAddress(url)
  const authority = authorityOf(asked, scheme === 'https' ? 443 : 80)
  if (!authority) throw notAnAddress(url)
  return { scheme, ...authority, method, path: path || '/' }
}

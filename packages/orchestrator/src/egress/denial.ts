import { brokerSentences } from './broker/sentences.ts'
import { presets } from './presets.ts'
import type { Wanted } from './rules.ts'

/** Why something did not leave. */
export type Reason =
  | 'host_not_allowed'
  | 'scheme_not_allowed'
  | 'port_not_allowed'
  | 'method_not_allowed'
  | 'path_not_allowed'
  | 'not_asked'
  | 'metadata'
  | 'address_not_allowed'
  | 'malformed'
  | 'host_unclear'
  | 'not_tls'
  | 'name_mismatch'
  | 'name_hidden'
  | 'bytes_spent'
  | 'too_many_connections'
  | 'unreachable'
  | 'canary'
  | keyof typeof brokerSentences

/** What the operator is to hear of at once. Names a place and a credential, never a value. */
export interface Alarm {
  readonly alarm: 'placeholder' | 'echo' | 'unavailable'
  /** Null for another sandbox’s, or one that cannot be told. */
  readonly credential: string | null
  readonly where: string
}

/** As far as it could be read. */
export type About = { readonly [Field in keyof Wanted]?: Wanted[Field] | undefined }

/** Thrown on the way out, answered and recorded in one place. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: Reason
  readonly about: About
  readonly alarm: Alarm | undefined

  constructor(reason: Reason, about: About = {}, alarm?: Alarm) {
    super(reason)
    this.reason = reason
    this.about = about
    this.alarm = alarm
  }
}

/** What a program reads instead of an answer. */
export interface Answer {
  readonly status: number
  /** In the status line, which is all that many programs show of a proxy that refuses a tunnel. */
  readonly phrase: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const statuses: Partial<Record<Reason, number>> = {
  malformed: 400,
  host_unclear: 400,
  too_many_connections: 429,
  unreachable: 502,
  credential_unavailable: 502,
  credential_echoed: 502,
  answer_unreadable: 502,
  not_trusted: 502,
}

/** May be different the next time. */
const passing: ReadonlySet<Reason> = new Set([
  'unreachable',
  'too_many_connections',
  'credential_unavailable',
])

/** An answer in JSON (RFC 9457), in words for the agent that reads it. */
export function answerTo({ reason, about }: Refusal): Answer {
  const status = statuses[reason] ?? 403
  const isPolicy = !passing.has(reason)
  const phrase = titles[reason] ?? 'Blocked by policy; do not retry'
  const { message, hint } = explain(reason, about)
  const body = `${JSON.stringify({
    type: `urn:stuntdouble:egress:${reason}`,
    title: phrase,
    status,
    error: isPolicy ? 'blocked_by_policy' : reason,
    reason,
    target: targetOf(about),
    message,
    hint,
    retryable: !isPolicy,
  })}\n`
  return { status, phrase, body, headers: headersOf(body, reason) }
}

const headersOf = (body: string, reason: Reason) => ({
  'content-type': 'application/problem+json',
  'content-length': String(Buffer.byteLength(body)),
  'cache-control': 'no-store',
  'proxy-status': 'stuntdouble; error=http_request_denied',
  'x-stuntdouble-egress': reason,
})

/** `host:port` as far as it was read. */
export const targetOf = ({ host, port }: About) =>
  host === undefined ? 'unreadable' : port === undefined ? host : `${host}:${port}`

const titles: Partial<Record<Reason, string>> = {
  unreachable: 'Allowed, but not reachable',
  too_many_connections: 'Too many connections at once',
  credential_unavailable: 'The credential cannot be read now',
}

/** What happened, and what would have to change. */
export function explain(reason: Reason, about: About): { message: string; hint: string } {
  const say = sentences[reason]
  return { message: say.message(targetOf(about), about), hint: say.hint(about) }
}

export interface Sentences {
  readonly message: (target: string, about: About) => string
  readonly hint: (about: About) => string
}

const stop = 'Do not retry.'
const asIs = () => `${stop} Work with what is in the sandbox.`
const needsRule = (about: About) =>
  `${stop} Work with what is in the sandbox, or ask the operator: it takes ${ruleFor(about)} under ` +
  '`egress: allow:` in stuntdouble.yaml, and the same under `egress:` in the sandbox.yaml of a new sandbox.'

const sentences: Readonly<Record<Reason, Sentences>> = {
  ...brokerSentences,
  host_not_allowed: {
    message: (target) => `No rule of this sandbox’s operator allows ${target}; nothing was sent.`,
    hint: needsRule,
  },
  scheme_not_allowed: {
    message: (target, { scheme }) => `${target} is not allowed by ${scheme}; nothing was sent.`,
    hint: needsRule,
  },
  port_not_allowed: {
    message: (target) => `That host is allowed, but not the port of ${target}; nothing was sent.`,
    hint: needsRule,
  },
  method_not_allowed: {
    message: (target, { method }) => `${method} is not allowed at ${target}; nothing was sent.`,
    hint: needsRule,
  },
  path_not_allowed: {
    message: (target) => `That path is not allowed at ${target}; nothing was sent.`,
    hint: needsRule,
  },
  not_asked: {
    message: (target) =>
      `The operator allows ${target}, but this sandbox’s blueprint does not ask for it; nothing was sent.`,
    hint: (about) =>
      `${stop} Put ${ruleFor(about)} under \`egress:\` in sandbox.yaml; a new sandbox has it then.`,
  },
  metadata: {
    message: (target) => `${target} leads to a cloud’s credentials; no rule can allow that.`,
    hint: asIs,
  },
  address_not_allowed: {
    message: (target) =>
      `The name of ${target} leads to an address that is not public; nothing was sent.`,
    hint: () =>
      `${stop} Where that is meant, the operator writes \`private: true\` on the rule in stuntdouble.yaml.`,
  },
  malformed: {
    message: () => 'This is not an HTTP request that everybody would read the same way.',
    hint: () =>
      `${stop} Ask this proxy by \`GET http://host/path\` with one equal Host, or by CONNECT host:port and TLS inside.`,
  },
  host_unclear: {
    message: () => 'The host is not written in the one way that everybody reads the same.',
    hint: () =>
      `${stop} Write a plain name (ASCII or punycode, no user, no trailing dot), or an address in its usual form.`,
  },
  not_tls: {
    message: (target) => `What came through the tunnel to ${target} is not TLS; nothing was sent.`,
    hint: () => `${stop} Only https goes through a tunnel to this port.`,
  },
  name_mismatch: {
    message: (target) => `TLS in the tunnel to ${target} names another host; nothing was sent.`,
    hint: () => `${stop} The tunnel and the server name (SNI) inside it must be the same host.`,
  },
  name_hidden: {
    message: (target) =>
      `TLS in the tunnel to ${target} does not say which host it wants; nothing was sent.`,
    hint: () => `${stop} Send the server name (SNI) in the clear, without Encrypted Client Hello.`,
  },
  bytes_spent: {
    message: () => 'This sandbox has sent or received as many bytes as it may.',
    hint: () =>
      `${stop} The operator’s limits stand under \`egress: limits:\` in stuntdouble.yaml.`,
  },
  too_many_connections: {
    message: () => 'This sandbox has as many connections open as it may.',
    hint: () => 'Close some, and ask again then.',
  },
  canary: {
    message: () => 'This carries a secret of production out, as far as anybody can tell.',
    hint: () => `${stop} The operator was told, and this sandbox ends now.`,
  },
  unreachable: {
    message: (target) => `${target} is allowed, but does not answer.`,
    hint: () => 'Is the name right, and the server up? No rule stands in the way.',
  },
}

/** The entry that would have allowed it, as either file takes it. */
export function ruleFor({ host = '…', scheme = 'https', port, method }: About): string {
  const [preset] =
    Object.entries(presets).find(([, hosts]) =>
      hosts.some((one) => one.host === host && one.scheme === scheme),
    ) ?? []
  const isUsual = port === undefined || port === (scheme === 'https' ? 443 : 80)
  if (preset && isUsual) return `\`${preset}\``
  const fields = [
    `host: ${host.startsWith('[') ? `"${host}"` : host}`,
    scheme === 'http' && 'scheme: http',
    !isUsual && `ports: [${port}]`,
    scheme === 'http' && method && `methods: [${method}]`,
  ]
  return `\`{ ${fields.filter(Boolean).join(', ')} }\``
}

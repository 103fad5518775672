import type { PortView, Welcome } from '@stuntdouble/sdk/wire'

/** Where the gateway serves the page’s script and style sheet. */
export const pageAssets = '/page'

export interface PageParts {
  readonly ports: readonly PortView[]
  /** Epoch milliseconds. */
  readonly now: number
  /** Under which its one script may run; without it there is none. */
  readonly nonce: string | undefined
}

/**
 * What a person sees at the clean address. All of it can be read without script; with it `#live` becomes
 * a terminal, files, statements and a clock (packages/dashboard/src/sandbox).
 */
export function page(welcome: Welcome, { ports, now, nonce }: PageParts): string {
  const id = escapeHtml(welcome.id)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sandbox ${id}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }
  h1, h2 { line-height: 1.2 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); overflow-wrap: anywhere }
  th { font-weight: 600; white-space: nowrap }
</style>
${nonce ? live(nonce) : ''}<h1>Sandbox <code>${id}</code></h1>
<p>${escapeHtml(welcome.message)}</p>
<div id="live" data-sandbox="${id}">
${table('Time left', [
  ['at most', timeLeft(welcome.expiresAt, now)],
  ['unless it is used', timeLeft(welcome.idleAt, now)],
])}
${previews(ports)}
</div>
${table(
  'Databases, by these addresses inside',
  Object.entries(welcome.databases).map(([name, { url, source }]) => [
    name,
    `${url} (a masked copy of ${source})`,
  ]),
)}
${table(
  'Services',
  Object.entries(welcome.services).map(([name, { image, ports }]) => [
    name,
    `${image} ${ports.join(', ')}`,
  ]),
)}
${table(
  'Files from production',
  Object.entries(welcome.files).map(([name, { path, source }]) => [name, `${path} (${source})`]),
)}
${table(
  'Reachable outside',
  welcome.egress.map(({ scheme, host, ports }) => [host, `${scheme}, ${ports.join(', ')}`]),
)}
${table(
  'Credentials, put in on the way',
  Object.values(welcome.credentials).map(({ variable, host }) => [variable, host]),
)}
<h2>By hand</h2>
<p><a href="/s/${id}/files/workspace">What is in the workspace</a>, as JSON. A terminal: <code>sandbox sh ${id}</code>.
The address to give to an agent is the one that you opened: it is not shown again, since whoever has it can use the sandbox.</p>
</html>
`
}

const live = (nonce: string) => `<link rel="stylesheet" href="${pageAssets}/sandbox.css">
<script type="module" nonce="${nonce}" src="${pageAssets}/sandbox.js"></script>
`

/** Of the gateway’s origin nothing runs but that script: whatever else it serves is an agent’s. */
export const pagePolicy = (nonce: string | undefined) =>
  `default-src 'none'; ${nonce ? `script-src 'nonce-${nonce}'; connect-src 'self'; ` : ''}style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

function previews(ports: readonly PortView[]): string {
  const links = ports.map(
    ({ port, link }) =>
      `<tr><th>${port}</th><td><a rel="noreferrer" href="${escapeHtml(link)}">open</a></td></tr>`,
  )
  const none = '<p>Nothing listens inside. A server that is started there shows up here.</p>'
  return `<h2>Servers</h2>${links.length > 0 ? `<table>${links.join('')}</table>` : none}`
}

/** Nothing at all where there are no rows. */
function table(title: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return ''
  const lines = rows.map(
    ([name, text]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(text)}</td></tr>`,
  )
  return `<h2>${escapeHtml(title)}</h2><table>${lines.join('')}</table>`
}

function timeLeft(end: string, now: number): string {
  const minutes = Math.max(0, Math.floor((Date.parse(end) - now) / 60_000))
  const hours = Math.floor(minutes / 60)
  return `${hours > 0 ? `${hours} h ` : ''}${minutes % 60} min, until ${end}`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

import type { Welcome } from '@stuntdouble/sdk/wire'
import { instructions } from './explain.ts'

/** The same for a person with a browser: one page without script, image or request. */
export function page(welcome: Welcome): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox ${escapeHtml(welcome.id)}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }
  pre { padding: 1rem; overflow-x: auto; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: .5rem }
</style>
<h1>Sandbox <code>${escapeHtml(welcome.id)}</code></h1>
<p>Give this address to a coding agent. Whoever has it can use the sandbox until it ends.</p>
<pre>${escapeHtml(instructions(welcome))}</pre>
</html>
`
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

const begin = '<!-- stuntdouble:begin (made anew for each sandbox) -->'
const end = '<!-- stuntdouble:end -->'

/** A file that says in a marked section what a sandbox is, beside whatever its people wrote. */
export const agentsFile = 'AGENTS.md'

/**
 * The text with this section in place of the one it had, or before everything else. What is outside the
 * marks stays letter by letter.
 */
export function withSection(text: string, section: string): string {
  const block = `${begin}\n${section.trim()}\n${end}\n\n`
  const at = marked(text)
  return at ? text.slice(0, at.from) + block + text.slice(at.to) : block + text
}

/** The text as it was before a section was put into it. */
export function withoutSection(text: string): string {
  const at = marked(text)
  return at ? text.slice(0, at.from) + text.slice(at.to) : text
}

/** From the first mark to behind the second and the empty line that follows it; none where one is missing. */
function marked(text: string): { readonly from: number; readonly to: number } | undefined {
  const from = text.indexOf(begin)
  const close = text.indexOf(end, from)
  if (from === -1 || close === -1) return undefined
  const behind = text.slice(close + end.length, close + end.length + 2)
  const newlines = /^\n{0,2}/.exec(behind)?.[0].length ?? 0
  return { from, to: close + end.length + newlines }
}

/** What a secret looks like wherever it stands: in a definition, a log message, a queue's payload. */
const shapes: readonly (readonly [rule: string, shape: RegExp])[] = [
  ['private key', /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/],
  ['AWS key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/],
  ['GitLab token', /\bglpat-[\w-]{16,}/],
  ['npm token', /\bnpm_[A-Za-z0-9]{30,}/],
  ['Stripe key', /\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9]{16,})/],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{12,}/],
  ['Google key', /\bAIza[\w-]{35}/],
  ['SendGrid key', /\bSG\.[\w-]{16,}\.[\w-]{16,}/],
  ['signed token', /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/],
  [
    'password in a URL',
    /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"]{1,64}:(?![{$<*%])[^\s@/'"]{6,128}@/,
  ],
]

/**
 * A name that says secret beside a literal that looks like one: eight characters or more, without a
 * space, with a figure and a letter.
 */
const assigned =
  /(?:passw(?:or)?d|passwd|secret|token|api_?key|access_?key|private_?key)['"]?(?:::\w+)?\s{0,3}(?::=|=>|=|:|,|\bis\b)?\s{0,3}'{1,2}(?=[^']{0,200}\d)(?=[^']{0,200}[A-Za-z])[^'\s]{8,200}'/i

/** What every shape has somewhere: most texts are done with after one look. */
export const secretHint =
  /PRIVATE KEY|A[KS]IA|gh[pousr]_|hub_pat_|lpat-|npm_|[srp]k_|whsec_|xox|AIza|SG\.|eyJ|:\/\//

/** The kinds of secrets in a text of data. Looks at shapes alone. */
export function secretShapesIn(text: string): string[] {
  if (!secretHint.test(text)) return []
  return shapes.filter(([, shape]) => shape.test(text)).map(([rule]) => rule)
}

/** A text with `…` where something in it has such a shape. */
export function withoutSecrets(text: string): string {
  return shapes.reduce((rest, [, shape]) => rest.replaceAll(new RegExp(shape, 'g'), '…'), text)
}

/** The kinds in a statement, where a name may stand beside the value. */
export function secretShapesInCode(text: string): string[] {
  return [...secretShapesIn(text), ...(assigned.test(text) ? ['assigned secret'] : [])]
}

/** Where in a text which shape begins and ends. */
export function* secretShapesAt(
  text: string,
): Generator<{ rule: string; start: number; end: number }> {
  for (const [rule, shape] of shapes) {
    for (const { index, 0: found } of text.matchAll(new RegExp(shape, 'g')))
      yield { rule, start: index, end: index + found.length }
  }
}

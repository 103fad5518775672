/**
 * How a value looks in the encodings that servers and tools put values into: as it is, in one case,
 * base64 (at each place in a longer text, both alphabets), hexadecimal, percent, JSON, HTML, UTF-16.
 * The value is printable ASCII; so is what is returned but for UTF-16. Each form once.
 */
export function usualForms(value: string): readonly Buffer[] {
  const each = (form: (code: number) => string) =>
    [...value].map((character) => form(character.charCodeAt(0))).join('')
  const hexadecimal = (before: string, digits: number) =>
    inBothCases((of) => each((code) => before + of(code.toString(16).padStart(digits, '0'))))
  const forms = [
    ...[value, value.toLowerCase(), value.toUpperCase()],
    ...[0, 1, 2].flatMap((ahead) => base64At(value, ahead)),
    ...inBothCases((of) => encodeURIComponent(value).replace(/%../g, of)),
    ...['', '%', '\\x', '\\\\x'].flatMap((before) => hexadecimal(before, 2)),
    ...['\\u', '\\\\u'].flatMap((before) => hexadecimal(before, 4)),
    ...inJson(value),
    ...inHtml(value),
    each((code) => `&#${code};`),
    ...inBothCases((of) => each((code) => `&#x${of(code.toString(16))};`)),
    each((code) => `${String.fromCharCode(code)}\0`),
  ]
  return [...new Set(forms)].map((form) => Buffer.from(form, 'latin1'))
}

const inBothCases = (form: (of: (text: string) => string) => string) => [
  form((text) => text.toLowerCase()),
  form((text) => text.toUpperCase()),
]

/** What of the encoding depends on the value alone when `ahead` bytes (modulo three) stand before it. */
function base64At(value: string, ahead: number): readonly string[] {
  const encoded = Buffer.from('\0'.repeat(ahead) + value, 'latin1').toString('base64')
  const isRagged = (ahead + value.length) % 3 !== 0
  const sure = encoded
    .replace(/=+$/, '')
    .slice(Math.ceil((ahead * 8) / 6), isRagged ? -1 : undefined)
  return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')]
}

function inJson(value: string): readonly string[] {
  const once = JSON.stringify(value).slice(1, -1)
  return [once, once.replaceAll('/', '\\/'), JSON.stringify(once).slice(1, -1)]
}

/** `&` first, or it would be escaped twice; the quotes as browsers, Python and Go write them. */
function inHtml(value: string): readonly string[] {
  const marks = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return [
    marks,
    marks.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    marks.replaceAll('"', '&#34;').replaceAll("'", '&#x27;'),
  ]
}

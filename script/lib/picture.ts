import { text } from 'node:stream/consumers'

// ./script/demo 2>/dev/null | node script/lib/picture.ts > docs/demo.svg: a terminal's text as a picture.
const lines = (await text(process.stdin)).replaceAll(/\s+$/g, '').split('\n')
const line = { height: 18, width: 8.4 }
const margin = 24
const width = Math.ceil(Math.max(...lines.map((each) => each.length)) * line.width) + 2 * margin
const height = lines.length * line.height + 2 * margin

const colours: readonly [RegExp, string][] = [
  [/^ *✔/, '#7ee787'],
  [/^ *▸/, '#f0883e'],
  [/^ *\$/, '#79c0ff'],
  [/^\S/, '#ffffff'],
]
const colourOf = (each: string) => colours.find(([pattern]) => pattern.test(each))?.[1] ?? '#c9d1d9'
const escaped = (each: string) =>
  each.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const rows = lines.map((each, index) => {
  const y = margin + (index + 0.75) * line.height
  return `  <text x="${margin}" y="${y}" fill="${colourOf(each)}">${escaped(each)}</text>`
})
console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Output of script/demo">
  <style>text { font: 14px ui-monospace, Menlo, Consolas, monospace; white-space: pre }</style>
  <rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>
${rows.join('\n')}
</svg>`)

import { ByteSink } from '../copy-text/byte-sink.ts'
import { Choices } from '../prf/choices.ts'
import { latin1Of, type Mask, type MaskContext } from './mask.ts'
import { writePseudoWord } from './pseudo-word.ts'
import { scrub } from './text.ts'

/** A tsvector literal: other lexemes at the same positions. The server sorts them anew. */
export function lexemesMask({ keys }: MaskContext): Mask {
  const prf = keys('text')
  const choices = new Choices()
  return (value, out) => {
    prf.hash(value)
    choices.seed(prf.low, prf.high)
    const literal = latin1Of(value)
    let at = 0
    for (const { index, 0: quoted } of literal.matchAll(/'(?:[^']|'')*'/g)) {
      out.ascii(literal.slice(at, index))
      out.push(0x27)
      const length = Math.max(1, Math.min(quoted.length - 2, 40))
      writePseudoWord(choices, { length, casing: 'lower' }, out)
      out.push(0x27)
      at = index + quoted.length
    }
    out.ascii(literal.slice(at))
  }
}

/** XML: the elements stay, what stands between and in attributes does not. */
export function xmlMask({ keys }: MaskContext): Mask {
  const prf = keys('text')
  const choices = new Choices()
  const scratch = new ByteSink()
  return (value, out) => {
    prf.hash(value)
    choices.seed(prf.low, prf.high)
    for (const [index, piece] of latin1Of(value).split(xmlMarkup).entries())
      out.ascii((index % 2 === 1 ? markup : prose)(piece, choices, scratch))
  }
}

const xmlMarkup = /(<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<(?:[^<>"']|"[^"]*"|'[^']*')*>)/

function markup(tag: string, choices: Choices, scratch: ByteSink): string {
  if (tag.startsWith('<!--') || tag.startsWith('<![')) return ''
  if (tag.startsWith('<?') || tag.startsWith('<!')) return tag
  return tag.replace(/=\s*("[^"]*"|'[^']*')/g, (attribute) => {
    const quote = attribute.at(-1) as string
    const inner = attribute.slice(attribute.indexOf(quote) + 1, -1)
    return `=${quote}${prose(inner, choices, scratch)}${quote}`
  })
}

/** Entities go with the words: half a reference would not be well-formed. */
function prose(text: string, choices: Choices, scratch: ByteSink): string {
  const bytes = Buffer.from(text.replaceAll(/&[^;\s]*;?/g, ' '), 'latin1')
  scrub({ bytes, start: 0, end: bytes.length }, { choices }, scratch)
  return scratch.take().toString('latin1')
}

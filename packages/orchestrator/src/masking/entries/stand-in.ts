/** In place of what an entry holds: nothing, or the least that programs take for a file of its type. */
export type StandIn = 'empty' | 'placeholder'

/** A placeholder is told by the name’s ending, and empty for a type of which none is known. */
export function standInFor(wanted: StandIn, name: Buffer): Buffer {
  const ending = /\.([a-z]+)$/i.exec(name.toString('latin1'))?.[1]?.toLowerCase() ?? ''
  return (wanted === 'placeholder' && placeholders.get(ending)) || Buffer.alloc(0)
}

/** One grey dot each. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADklEQVR4AWI6c+bMfwAAAAD//1h5sIcAAAAGSURBVAMACDoDZtXWtGkAAAAASUVORK5CYII='
const jpg =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAABAAEDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAAAP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AKAAf//Z'

/** An empty page; its table of contents counts bytes. */
function pdf(): Buffer {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>',
  ]
  let text = '%PDF-1.4\n'
  let table = 'xref\n0 4\n0000000000 65535 f \n'
  for (const [index, object] of objects.entries()) {
    table += `${String(text.length).padStart(10, '0')} 00000 n \n`
    text += `${index + 1} 0 obj${object}endobj\n`
  }
  const trailer = `trailer<</Size 4/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`
  return Buffer.from(text + table + trailer, 'latin1')
}

const jpgBytes = Buffer.from(jpg, 'base64')
const placeholders: ReadonlyMap<string, Buffer> = new Map([
  ['png', Buffer.from(png, 'base64')],
  ['jpg', jpgBytes],
  ['jpeg', jpgBytes],
  ['pdf', pdf()],
  ['txt', Buffer.from('placeholder\n')],
  ['csv', Buffer.from('placeholder\n')],
  ['json', Buffer.from('{}\n')],
])

/** A request that stands where only one of two readers sees one. */
export const second = (mark: string) => `GET /smuggled-${mark} HTTP/1.1\r\nHost: x\r\n\r\n`
/** What follows the head of a first request, by how it hides the second. */
export const hidden: readonly [string, (mark: string) => string][] = [
  [
    'a length and chunks',
    (mark) => `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second(mark)}`,
  ],
  [
    'chunks that are not quite',
    (mark) => `Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${second(mark)}`,
  ],
  [
    'two lengths',
    (mark) => `Content-Length: 0\r\nContent-Length: ${second(mark).length}\r\n\r\n${second(mark)}`,
  ],
  [
    'a folded line',
    (mark) => `X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n${second(mark)}`,
  ],
  ['bare line feeds', (mark) => `X-A: b\n\n${second(mark)}`],
  [
    'a name with a space',
    (mark) => `Content-Length : ${second(mark).length}\r\n\r\n${second(mark)}`,
  ],
  [
    'a length that Connection names',
    (mark) =>
      `Connection: content-length\r\nContent-Length: ${second(mark).length}\r\n\r\n${second(mark)}`,
  ],
  [
    'a chunk’s extension with a line feed',
    (mark) => `Transfer-Encoding: chunked\r\n\r\n1;a\nb\r\nx\r\n0\r\n\r\n${second(mark)}`,
  ],
]

/** No key or token that a rule knows is shorter, with what it begins with. */
export const shortestRun = 16

const isTokenByte = Uint8Array.from({ length: 256 }, (_, code) =>
  code < 128 && /[\w+/=.~-]/.test(String.fromCharCode(code)) ? 1 : 0,
)

/**
 * Calls `onRun` for every long run of the characters that keys, tokens and paths are made of, from
 * first to last. A look at every sixteenth byte misses none.
 */
export function eachTokenRun(bytes: Uint8Array, onRun: (start: number, end: number) => void): void {
  for (let at = shortestRun - 1; at < bytes.length; at += shortestRun) {
    if (isTokenByte[bytes[at] as number] === 0) continue
    let start = at
    while (start > 0 && isTokenByte[bytes[start - 1] as number] === 1) start--
    let end = at + 1
    while (end < bytes.length && isTokenByte[bytes[end] as number] === 1) end++
    if (end - start >= shortestRun) onRun(start, end)
    at = end
  }
}

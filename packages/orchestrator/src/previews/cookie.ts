/**
 * The cookie that opens one preview, and no other: its browser sends it to that host alone. Where there
 * is TLS the prefix has browsers refuse it from anywhere but this host (RFC 6265bis, 4.1.3.2): a page of
 * a sibling cannot set it for us.
 */
const plain = 'stuntdouble_preview'
const secure = `__Host-${plain}`

export const isOurCookie = (name: string) => {
  const trimmed = name.trim()
  return trimmed === plain || trimmed === secure
}

export function cookieOf(isSecure: boolean, value: string): string {
  const name = isSecure ? secure : plain
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}

/** Every value under our name: where another’s page set one too, ours is among them. */
export function cookieValues(header: string | undefined, isSecure: boolean): string[] {
  if (header === undefined) return []
  const name = isSecure ? secure : plain
  return header
    .split(';')
    .map((pair) => pair.trim().split('='))
    .filter((pair) => pair[0] === name)
    .map((pair) => pair[1] ?? '')
    .slice(0, 4)
}

const dots = '••••••••'

/** A connection URL without its password; dots alone when it cannot be taken apart for certain. */
export function concealPassword(url: string): string {
  if (/password=/i.test(url)) return dots
  const parts = /^([a-z][a-z0-9+.-]*:\/\/[^:@/?#]*:)[^/?#]*(@[^@]*)$/i.exec(url)
  if (parts) return `${parts[1]}${dots}${parts[2]}`
  return url.includes('@') ? dots : url
}

/** A hand-over URL without its token; dots alone when the token is not found in it. */
export function concealToken(url: string, token: string): string {
  return token !== '' && url.includes(token) ? url.replaceAll(token, dots) : dots
}

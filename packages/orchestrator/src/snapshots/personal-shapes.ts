/** The parts are bounded as RFC 5321 bounds them, so that a long word is not tried from each of its letters. */
const addresses =
  /(?<![\w.%+-])[\w%+-][\w.%+-]{0,63}@((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![\w-])/gi

/** Reserved by RFC 2606 and 6761: nobody's. What masking writes stands there too. */
const reserved = /(?:^|\.)(?:example\.(?:com|org|net)|example|test|invalid|localhost)$/i

/** A text with `…` where an address stands. */
export const withoutAddresses = (text: string) => text.replaceAll(addresses, '…')

/** Whether somebody's e-mail address stands in a text. */
export function holdsAddress(text: string): boolean {
  if (!text.includes('@')) return false
  for (const [, host = ''] of text.matchAll(addresses)) if (!reserved.test(host)) return true
  return false
}

import { canonicalJson } from '../canonical-json.ts'
import type { Receipt } from '../wire/receipt.ts'

/** What precedes a raw Ed25519 key in its DER form (RFC 8410). */
const derPrefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]

/**
 * Whether a receipt says what its installation signed. Name the installation’s public key to know
 * *which* installation that was: without it the key inside the receipt is believed, which shows that
 * nothing was changed since, not who wrote it. Keys are base64, base64url or PEM; raw or SPKI.
 */
export async function verifyReceipt(receipt: Receipt, publicKey?: string): Promise<boolean> {
  const { signature, ...statement } = receipt
  if (signature.algorithm !== 'ed25519') return false
  const embedded = rawKey(signature.publicKey)
  const expected = publicKey === undefined ? embedded : rawKey(publicKey)
  if (!embedded || !expected || !equal(embedded, expected)) return false
  try {
    const key = await crypto.subtle.importKey('raw', expected, 'Ed25519', false, ['verify'])
    const message = new TextEncoder().encode(canonicalJson(statement))
    return await crypto.subtle.verify('Ed25519', key, bytesOf(signature.value), message)
  } catch {
    return false
  }
}

function rawKey(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = bytesOf(text.replace(/-----[A-Z ]+-----/g, ''))
    if (bytes.length === 32) return bytes
    const isDer = bytes.length === 44 && derPrefix.every((byte, index) => bytes[index] === byte)
    return isDer ? bytes.slice(derPrefix.length) : undefined
  } catch {
    return undefined
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const base64 = text.replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/')
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

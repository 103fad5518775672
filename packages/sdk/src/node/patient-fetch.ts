import type { Fetch } from '../http/connection.ts'

/**
 * Node’s own fetch gives up on an answer after five silent minutes; a quiet test run takes longer.
 * Loaded when first used, for it takes a tenth of a second.
 */
export const patientFetch: Fetch = async (url, init) => {
  const { fetch, dispatcher } = await load()
  const response = await fetch(url, { ...(init as object), dispatcher })
  return response as unknown as Response
}

let loaded: ReturnType<typeof open> | undefined

function load() {
  loaded ??= open()
  return loaded
}

async function open() {
  const { Agent, fetch } = await import('undici')
  return { fetch, dispatcher: new Agent({ headersTimeout: 0, bodyTimeout: 0 }) }
}

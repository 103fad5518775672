import type { IncomingHttpHeaders } from 'node:http'

const form = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/

/** What a caller knows the request by (W3C Trace Context); undefined where it says none, or none that is well formed. */
export const traceparentOf = ({ traceparent }: IncomingHttpHeaders): string | undefined =>
  typeof traceparent === 'string' && form.test(traceparent) ? traceparent : undefined

/** How requests leave: the global fetch in a browser, one without time limits of its own in Node. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Whatever fetch takes. */
export type RequestBody = NonNullable<RequestInit['body']>

/** One server, and how it knows us. */
export interface Connection {
  /** Without a slash at the end. May hold a capability: never put it in a message. */
  readonly url: string
  /** Left out in a browser that signed in, and where the URL itself is the capability. */
  readonly bearer?: string
  readonly fetch?: Fetch
  /** For answers that take minutes; the same as `fetch` when left out. */
  readonly patientFetch?: Fetch
}

export interface HttpRequest {
  readonly path: string
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  readonly json?: unknown
  readonly body?: RequestBody
  readonly type?: string
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** Until the headers have come; `null` waits for as long as it takes. */
  readonly timeoutMs?: number | null
}

/** The part of an address that may be shown. */
export const originOf = ({ url }: Connection) => (URL.canParse(url) ? new URL(url).origin : url)

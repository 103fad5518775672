import type { IncomingMessage } from 'node:http'
import { Transform, type TransformCallback } from 'node:stream'
import { Refusal } from './denial.ts'
import type { Wanted } from './rules.ts'

/** Given what leaves, in its order. True where it must not. */
export type Look = (bytes: Uint8Array) => boolean

/** Throws a `Refusal` for a request whose method, address or headers must not leave, whoever they are for. */
export function checkHead(look: Look, { method, url = '', rawHeaders }: IncomingMessage): void {
  const head = [method, url, decoded(url), ...rawHeaders].join('\n')
  if (look(Buffer.from(head, 'latin1'))) throw new Refusal('canary')
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return ''
  }
}

/** Passes a body on as it comes, as far as it may leave. */
export class Leaving extends Transform {
  readonly #look: Look
  readonly #want: Wanted

  constructor(look: Look, want: Wanted) {
    super()
    this.#look = look
    this.#want = want
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    if (this.#look(chunk)) done(new Refusal('canary', this.#want))
    else done(null, chunk)
  }
}

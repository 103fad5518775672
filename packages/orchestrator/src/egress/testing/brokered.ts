import type { RequestListener } from 'node:http'
import type { LoadedCredential } from '../../config/config.ts'
import { certificateFor } from './certificate.ts'
import { credential } from './credentials.ts'
import { type EgressUnderTest, openEgress } from './egress-under-test.ts'
import { askInside } from './inside.ts'
import { openWeb, type Web } from './web.ts'

export const realValue = 'real-V4lue+of/it=='

/** Two hosts on one TLS server with a credential each, another server of plain HTTP, and a way out to both. */
export interface Brokered extends AsyncDisposable {
  readonly egress: EgressUnderTest
  readonly web: Web
  readonly plain: Web
  /** The placeholder where the first credential has it. */
  readonly bearer: string
  readonly placeholder: string
  /** What a program inside reads, of the first host unless another is named. */
  ask(what?: Ask): Promise<string>
  heardLast(): Readonly<Record<string, unknown>>
}

export interface Ask {
  readonly method?: string
  readonly path?: string
  readonly headers?: readonly string[]
  /** Sent piece by piece. */
  readonly body?: string | readonly string[]
  readonly host?: string
}

interface Options {
  readonly listener?: RequestListener
  readonly inject?: LoadedCredential['inject']
  readonly values?: Readonly<Record<string, string>>
  readonly clock?: () => number
}

const certificate = await certificateFor('DNS:api.localhost', 'DNS:other.localhost')

export async function openBrokered(options: Options = {}): Promise<Brokered> {
  await using scope = new AsyncDisposableStack()
  const web = scope.use(await openWeb(options.listener, certificate))
  const plain = scope.use(await openWeb())
  const at = { port: web.port, ca: certificate.cert }
  const { inject = 'bearer', clock } = options
  const egress = scope.use(
    await openEgress({
      credentials: [
        credential('api', { host: 'api.localhost', ...at, inject }),
        credential('other', { host: 'other.localhost', ...at }),
      ],
      allow: [{ host: '*.localhost', scheme: 'http', ports: [plain.port], private: true }],
      values: options.values ?? { api: realValue, other: 'the-value-of-another' },
      ...(clock && { clock }),
    }),
  )
  const ca = await egress.trust()
  const placeholder = egress.placeholder('api')
  const parts = scope.move()
  return {
    ...{ egress, web, plain, placeholder, bearer: `Authorization: Bearer ${placeholder}` },
    heardLast: () => web.heard.at(-1)?.request.headers ?? {},
    ask: (what = {}) => {
      const target = `${what.host ?? 'api.localhost'}:${web.port}`
      return askInside(egress, { target, ca }, bytesOf(what, target))
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

function bytesOf({ method = 'GET', path = '/v1/x', ...more }: Ask, target: string): string[] {
  const { headers = [], body = '' } = more
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${target}`, ...headers, 'Connection: close']
  return [`${lines.join('\r\n')}\r\n\r\n`, ...[body].flat()]
}

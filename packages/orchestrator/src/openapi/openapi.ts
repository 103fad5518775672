import { createDocument } from 'zod-openapi'
import { doorOperations } from './door-operations.ts'
import { installationOperations } from './installation-operations.ts'
import { describe, type Operation } from './operation.ts'
import { sandboxOperations } from './sandbox-operations.ts'
import { snapshotOperations } from './snapshot-operations.ts'
import { undescribed } from './undescribed.ts'

export { doorOperations, undescribed }

export const operations: readonly Operation[] = [
  ...installationOperations,
  ...sandboxOperations,
  ...snapshotOperations,
]

/** OpenAPI 3.1, from the schemas the routes and the SDK use. */
export function openApiDocument(version: string) {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Stuntdouble',
      version,
      description: [
        'Production’s stunt double for coding agents. What cannot be done is told as problem details with a code and a hint, with Retry-After where it may be done later. A `traceparent` comes back in the answer, and stands beside a failure in the log. Not in this document:',
        ...undescribed.map(({ at, why }) => `- \`${at}\` ${why}`),
      ].join('\n'),
    },
    servers: [{ url: '/v1' }],
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths: { ...pathsOf(operations), ...pathsOf(doorOperations, behindHandover) },
  })
}

/** The address is the permission, and leads to the gateway. */
const behindHandover = {
  servers: [
    {
      url: 'http://{gateway}',
      variables: { gateway: { default: '127.0.0.1', description: 'Where hand-over URLs lead.' } },
    },
  ],
  security: [],
}

const pathsOf = (described: readonly Operation[], common: object = {}) =>
  Object.fromEntries(
    [...Map.groupBy(described, ({ path }) => path)].map(([path, group]) => [
      documentPath(path),
      Object.fromEntries(
        group.map((operation) => [operation.method, { ...describe(operation), ...common }]),
      ),
    ]),
  )

/** As OpenAPI writes it; a path inside is one parameter there. */
export const documentPath = (path: string) => path.replace(/[:*](\w+)/g, '{$1}')

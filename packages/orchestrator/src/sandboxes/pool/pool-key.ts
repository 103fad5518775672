import { createHash } from 'node:crypto'
import { canonicalJson } from '@stuntdouble/sdk/canonical-json'
import type { Blueprint } from '@stuntdouble/sdk/wire'
import type { Sandbox } from '../sandbox.ts'

/**
 * Whether one may be made before anybody asks for it. Nothing of a blueprint’s own runs meanwhile, and
 * nothing in it goes stale: services are its own programs, a repository moves on, the certificate for
 * credentials has the lease’s end in it, and what a Redis holds expires from its start.
 */
export const isPoolable = ({ blueprint, databases }: Sandbox): boolean =>
  blueprint.workspace.clone === undefined &&
  blueprint.credentials.length === 0 &&
  Object.keys(blueprint.services).length === 0 &&
  databases.every(({ kind }) => kind !== 'redis')

/** Without what is given at the hand-over, or is the client’s own affair. */
export function shapeOf({ ttl, idle, warnBefore, workspace, ...blueprint }: Blueprint): string {
  const { from, ...rest } = workspace
  return digestOf({ ...blueprint, workspace: rest })
}

export const imagesOf = ({ blueprint, databases }: Pick<Sandbox, 'blueprint' | 'databases'>) => [
  ...new Set([blueprint.workspace.image, ...databases.map(({ image }) => image)]),
]

/** Everything that decides what a sandbox is like; a change of any of it is another pool. */
export const poolKey = (
  { blueprint, databases, files }: Sandbox,
  { images, policy }: { readonly images: readonly string[]; readonly policy: string },
): string => digestOf({ shape: shapeOf(blueprint), databases, files, images, policy })

const digestOf = (value: unknown) => createHash('sha256').update(canonicalJson(value)).digest('hex')

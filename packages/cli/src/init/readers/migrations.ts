import type { InitFinding } from '@stuntdouble/sdk/wire'
import { plural } from '../../output/amounts.ts'

/** Folders by the name of who applies them; the first that fits a path counts. */
const folders: readonly (readonly [RegExp, string])[] = [
  [/^((?:.*\/)?prisma\/migrations)\/[^/]+\/migration\.sql$/, 'Prisma'],
  [/^((?:.*\/)?db\/migrate)\/[^/]+\.rb$/, 'Rails'],
  [/^((?:.*\/)?(?:alembic|migrations)\/versions)\/[^/]+\.py$/, 'Alembic'],
  [/^((?:.*\/)?db\/migration)\/[^/]+\.(?:sql|java)$/, 'Flyway'],
  [/^((?:.*\/)?supabase\/migrations)\/[^/]+\.sql$/, 'Supabase'],
  [
    /^((?:.*\/)?(?:drizzle|migrations))\/(?:[^/]+\/)?(?!__init__)[^/]+\.(?:sql|[cm]?[jt]s|py|rb|php|go)$/,
    '',
  ],
]

/** Told by where files are; none is opened. */
export function migrationsAmong(paths: readonly string[]): InitFinding[] {
  const counts = new Map<string, { count: number; by: string }>()
  for (const path of paths) {
    const [at, by] = folderOf(path)
    if (at !== undefined) counts.set(at, { count: (counts.get(at)?.count ?? 0) + 1, by })
  }
  return [...counts].map(([path, { count, by }]) => ({
    ...{ kind: 'migrations' as const, path },
    says: `${plural(count, 'migration')}${by ? ` for ${by}` : ''}; try the next one inside, on the copy`,
  }))
}

function folderOf(path: string): readonly [string | undefined, string] {
  for (const [pattern, by] of folders) {
    const at = pattern.exec(path)?.[1]
    if (at !== undefined) return [at, by]
  }
  return [undefined, '']
}

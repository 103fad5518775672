import { imageUnknown } from './image-errors.ts'
import type { ImageReference } from './image-reference.ts'

export type Suite = 'bookworm' | 'trixie' | 'sid'

/** One image of ours: a folder below images/, on a Debian suite. */
export interface ImageRecipe {
  readonly tags: readonly string[]
  readonly folder: string
  readonly suite: Suite
  readonly args: Readonly<Record<string, string>>
  /** Whether node/ is laid into the build context, from npm's registry. */
  readonly node: boolean
}

const plain = (name: string): ImageRecipe => ({
  tags: [`stuntdouble/${name}:latest`],
  folder: name,
  suite: 'bookworm',
  args: {},
  node: false,
})

/** Each major version lives in the suite whose release it belongs to. */
const postgres = (major: number, suite: Suite, more: readonly string[] = []): ImageRecipe => ({
  ...plain('postgres'),
  tags: [`stuntdouble/postgres:${major}`, ...more],
  suite,
  args: { MAJOR: String(major) },
})

const recipes: readonly ImageRecipe[] = [
  plain('gate'),
  plain('keeper'),
  plain('runner'),
  { ...plain('workspace'), node: true },
  postgres(15, 'bookworm', ['stuntdouble/postgres:latest']),
  postgres(17, 'trixie'),
  postgres(18, 'sid'),
  { ...plain('mariadb'), tags: ['stuntdouble/mariadb:10.11', 'stuntdouble/mariadb:latest'] },
  { ...plain('redis'), tags: ['stuntdouble/redis:7', 'stuntdouble/redis:latest'] },
]

const suites: readonly Suite[] = ['bookworm', 'trixie', 'sid']

export const baseImage = (suite: Suite) => `stuntdouble/base:${suite}`

/** Undefined for an image that is not ours; throws for one that only looks like it. */
export function recipeOf(reference: ImageReference): ImageRecipe | Suite | undefined {
  if (!isOurs(reference)) return undefined
  const suite = suites.find((each) => baseImage(each) === reference.text)
  const recipe = suite ?? recipes.find((each) => each.tags.includes(reference.text))
  if (recipe === undefined) throw imageUnknown(reference.text, knownImages())
  return recipe
}

const isOurs = ({ registry, repository }: ImageReference) =>
  registry === null && (repository === 'stuntdouble' || repository.startsWith('stuntdouble/'))

const knownImages = () =>
  recipes.flatMap(({ tags }) => tags).map((tag) => tag.replace(/:latest$/, ''))

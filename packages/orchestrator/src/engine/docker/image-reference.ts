import { imageNameInvalid } from './image-errors.ts'

/** An image's name, taken apart. Only this form ever reaches the engine or a command line. */
export interface ImageReference {
  /** As the engine is asked for it, tag or digest always named. */
  readonly text: string
  /** `host[:port]`; null for the engine's default registry. */
  readonly registry: string | null
  readonly repository: string
  readonly tag: string
  readonly digest: string | null
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const host = '[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?'
const tagged = '(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?'
const pattern = new RegExp(`^(${component}(?:/${component})*)${tagged}$`)
const defaultRegistries = ['docker.io', 'index.docker.io']

/**
 * The grammar of the distribution specification, narrowed: no image ids, no other digests. The text
 * may come from an untrusted blueprint.
 */
export function parseImageReference(text: string): ImageReference {
  if (text.length > 255 || /^[a-f0-9]{12,64}$/.test(text)) throw imageNameInvalid(text)
  const { registry, rest } = splitRegistry(text)
  const [, repository, tag = 'latest', digest = null] = pattern.exec(rest) ?? []
  if (repository === undefined) throw imageNameInvalid(text)

  const name = registry === null ? repository : `${registry}/${repository}`
  return { text: `${name}${suffixOf(tag, digest)}`, registry, repository, tag, digest }
}

/** As the engine reads it: the first part is a registry only when it looks like a host. */
function splitRegistry(text: string): { registry: string | null; rest: string } {
  const slash = text.indexOf('/')
  const first = slash < 0 ? '' : text.slice(0, slash)
  if (!/[.:]/.test(first) && first !== 'localhost') return { registry: null, rest: text }
  if (!new RegExp(`^${host}$`).test(first)) throw imageNameInvalid(text)

  const rest = text.slice(slash + 1)
  return { registry: defaultRegistries.includes(first) ? null : first, rest }
}

const suffixOf = (tag: string, digest: string | null) =>
  digest === null ? `:${tag}` : `@${digest}`

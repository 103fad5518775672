import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { WorkspaceChanges } from '@stuntdouble/sdk/wire'
import type { Look } from '../canaries/canaries.ts'
import type { Commands } from '../doors/doors.ts'
import type { HelperPod } from '../workspaces/workspaces.ts'
import { carriesCanary, notComparable, tooMuchToCompare } from './errors.ts'
import { commitHead, done, fileChange } from './fast-import.ts'
import { gitEnvironment } from './git.ts'
import { createIgnoreRules } from './ignored.ts'
import { type Inside, type Listed, lookInside } from './inside.ts'
import { withoutOurs } from './own-section.ts'
import { isPlainPath, type RawPath, shownPath, treeEntries } from './tree-entries.ts'

export interface Comparing {
  readonly pod: HelperPod
  readonly commands: Pick<Commands, 'start'>
  readonly sandbox: string
  /** Opened more than once. */
  readonly baseline: () => Readable
  /** Where what is there now is about to leave: it then ends with what must not. */
  readonly look?: Look | undefined
}

type Aside = Pick<WorkspaceChanges, 'ignored' | 'leftOut'>

const limits = { entries: 100_000, bytes: 512 * 1024 ** 2 } as const
const shownIgnored = 100
const shownLeftOut = 1000
const gitignoreLimitBytes = 65_536

/**
 * Brings what went in and what is there now into the pod, as the branches `before` and `after` of a
 * repository that nobody checks out. Resolves with what is not in it.
 */
export async function bringBoth(comparing: Comparing, signal: AbortSignal): Promise<Aside> {
  const before = await lookAt(comparing.baseline())
  const keep = new Set([...before.tracked].flatMap((path) => path.toLowerCase().split('/')))
  const inside = lookInside(comparing.commands, comparing.sandbox, keep)
  const { chosen, aside } = choose(await inside.list(signal), before)
  const importing = importTrees(comparing, { inside, chosen, aside, ...before }, signal)
  const process = await comparing.pod.exec(
    ['sh', '-c', `git init --quiet --bare --template= . && exec git ${fastImport}`],
    gitEnvironment,
    signal,
  )
  process.stdout.resume()
  process.stderr.resume()
  await pipeline(Readable.from(importing, { objectMode: false }), process.stdin, { signal }).catch(
    (cause) => {
      throw cause instanceof SandboxError || signal.aborted ? cause : notComparable(cause)
    },
  )
  if ((await process.exit) !== 0) throw notComparable()
  return { ignored: aside.ignored.slice(0, shownIgnored), leftOut: counted(aside.leftOut) }
}

/** A crowd of them does not hide that there are more. */
function counted(leftOut: Aside['leftOut']): Aside['leftOut'] {
  const more = leftOut.length - shownLeftOut
  if (more <= 0) return leftOut
  return [...leftOut.slice(0, shownLeftOut), { path: '…', why: `and ${more} more` }]
}

const fastImport = '-c core.compression=1 fast-import --quiet --done'

interface Before {
  readonly tracked: ReadonlySet<RawPath>
  readonly gitignores: ReadonlyMap<RawPath, string>
}

async function lookAt(baseline: Readable): Promise<Before> {
  const tracked = new Set<RawPath>()
  const gitignores = new Map<RawPath, string>()
  for await (const { path, mode, size, content } of treeEntries(baseline)) {
    tracked.add(path)
    const chunks: Buffer[] = []
    const isRules = /(?:^|\/)\.gitignore$/.test(path) && mode !== '120000'
    for await (const chunk of content)
      if (isRules && size <= gitignoreLimitBytes) chunks.push(chunk)
    if (isRules) gitignores.set(path, Buffer.concat(chunks).toString('utf8'))
  }
  return { tracked, gitignores }
}

interface Choice {
  readonly chosen: ReadonlySet<RawPath>
  readonly aside: { readonly ignored: string[]; readonly leftOut: Aside['leftOut'] }
}

function choose(listed: readonly Listed[], before: Before): Choice {
  const rules = createIgnoreRules(before.gitignores, before.tracked)
  const ignored = new Set<string>()
  const chosen = new Set<RawPath>()
  const leftOut: Aside['leftOut'] = []
  for (const { path, type } of listed) {
    const at = type === 'pruned' ? `${shownPath(path)}/` : rules.ignoredAt(path)
    if (at !== undefined) ignored.add(at)
    else if (!isPlainPath(path)) leftOut.push({ path: shownPath(path), why: 'a repository’s own' })
    else if (type === 'other') leftOut.push({ path: shownPath(path), why: 'no file' })
    else chosen.add(path)
  }
  if (chosen.size > limits.entries) throw tooMuchToCompare('100 000 files')
  return { chosen, aside: { ignored: [...ignored].sort(), leftOut } }
}

/** First what is there now, so that what of it cannot be read is left out of both. */
async function* importTrees(
  { baseline, look }: Comparing,
  {
    inside,
    chosen,
    aside,
    tracked,
  }: Choice & Pick<Before, 'tracked'> & { readonly inside: Inside },
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const missing = new Set(chosen)
  let bytes = 0
  yield commitHead('after')
  for await (const entry of treeEntries(await inside.archive([...chosen], signal))) {
    bytes += entry.size
    if (bytes > limits.bytes) throw tooMuchToCompare('512 MiB')
    // Said once, and only what was asked for: the archive is the agent’s.
    const isAsked = missing.delete(entry.path)
    const own = isAsked && (await withoutOurs(entry, tracked.has(entry.path)))
    if (own) yield* leaving(fileChange(own), look)
    else for await (const _chunk of entry.content);
  }
  signal.throwIfAborted()
  for (const path of missing) {
    aside.leftOut.push({ path: shownPath(path), why: 'it could not be read' })
  }
  yield commitHead('before')
  for await (const entry of treeEntries(baseline())) {
    const own = !missing.has(entry.path) && (await withoutOurs(entry, true))
    if (own) yield* fileChange(own)
    else for await (const _chunk of entry.content);
  }
  yield done
}

/** As it comes, before git packs it: of a binary file a patch shows nothing that could be looked for. */
async function* leaving(
  bytes: AsyncIterable<Buffer>,
  look: Look | undefined,
): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    if (look?.(chunk)) throw carriesCanary()
    yield chunk
  }
}

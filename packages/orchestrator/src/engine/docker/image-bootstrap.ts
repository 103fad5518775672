import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { OnProgress } from '@stuntdouble/sdk/wire'
import type Docker from 'dockerode'
import type { Suite } from './image-recipes.ts'
import { readImageEvents } from './image-stream.ts'

/** A frozen mirror serves sid past its own date; signatures are still checked. */
const suiteOptions: Readonly<Record<Suite, readonly string[]>> = {
  bookworm: [],
  trixie: [],
  sid: ['--aptopt=Acquire::Check-Valid-Until "false"'],
}

export interface Bootstrap {
  readonly docker: Docker
  /** images/ */
  readonly directory: string
  readonly suite: Suite
  readonly onProgress: OnProgress
}

/** Makes a Debian root from the mirror and imports it. Returns the image's id, untagged. */
export async function bootstrap(work: Bootstrap, signal: AbortSignal): Promise<string> {
  const stop = new AbortController()
  const debian = spawn('mmdebstrap', argumentsOf(work), {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, stop.signal]),
  })
  const lines = tail(debian.stderr, work)
  try {
    await once(debian, 'spawn')
    const exit = once(debian, 'close') as Promise<[number | null]>
    const [imported, ended] = await Promise.allSettled([importRoot(work, debian.stdout), exit])
    if (ended.status === 'fulfilled' && ended.value[0] === 0 && imported.status === 'fulfilled') {
      return imported.value
    }
    if (imported.status === 'fulfilled') await work.docker.getImage(imported.value).remove()
    throw new Error(`mmdebstrap failed: ${lines.slice(-5).join('\n')}`, { cause: imported })
  } finally {
    stop.abort()
    debian.once('error', () => {})
  }
}

function argumentsOf({ directory, suite }: Bootstrap): readonly string[] {
  const lean = `--dpkgopt=${join(directory, 'base', 'dpkg.cfg')}`
  return ['--variant=minbase', '--format=tar', lean, ...suiteOptions[suite], suite, '-']
}

function tail(stderr: NodeJS.ReadableStream, { suite, onProgress }: Bootstrap): string[] {
  const lines: string[] = []
  createInterface({ input: stderr }).on('line', (line) => {
    lines.push(line)
    if (lines.length > 50) lines.shift()
    if (line.startsWith('I: ')) {
      onProgress({ phase: 'base', message: `Debian ${suite}: ${line.slice(3)}` })
    }
  })
  return lines
}

/** Not tagged here: a root cut short must never be found under the name. */
async function importRoot({ docker }: Bootstrap, root: NodeJS.ReadableStream): Promise<string> {
  const changes = ['ENV LANG=C.UTF-8', 'CMD ["bash"]']
  const response = await docker.importImage(root, { changes })
  let id = ''
  await readImageEvents(response, ({ status }) => {
    id = status ?? id
  })
  return id
}

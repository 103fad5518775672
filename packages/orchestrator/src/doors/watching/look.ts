import { collect } from '../collect.ts'
import type { Commands } from '../commands.ts'
import { fileNotFound } from '../errors.ts'
import { createStall } from '../stall.ts'
import { tooManyToWatch } from './errors.ts'
import { seenFormat } from './listing-changes.ts'

/** A directory, and whether what is below those in it is looked at too. */
export interface Watched {
  readonly path: string
  readonly recursive: boolean
}

export interface Inside {
  readonly commands: Pick<Commands, 'start'>
  readonly sandbox: string
}

const mostDepth = 32
export const depthOf = ({ recursive }: Pick<Watched, 'recursive'>) =>
  String(recursive ? mostDepth : 1)

export const missing = 3
/** Some ten thousand entries. */
const limitBytes = 768 * 1024

const script = `
[ -d "$1" ] || exit ${missing}
[ "$1" = / ] || set -- "$1/" "$2"
find "$1" -mindepth 1 -maxdepth "$2" -printf '${seenFormat}' 2>/dev/null | sort -z`

/** All that is there now, for `parseListing`. Throws `file_not_found` where it is no directory. */
export async function look(
  { commands, sandbox }: Inside,
  watched: Watched,
  asked: AbortSignal,
): Promise<string> {
  const { path } = watched
  const stall = createStall(asked, path)
  const command = ['/bin/sh', '-c', script, 'sh', path, depthOf(watched)]
  const request = { command, cwd: '/', env: { LC_ALL: 'C.UTF-8' }, stdin: 'none' } as const
  const process = await commands.start(sandbox, request, stall.signal)
  process.stderr.resume()
  const ended = Promise.all([collect(process.stdout, limitBytes), process.exit])
  const [output, code] = await stall.awaiting(ended)
  if (code === missing) throw fileNotFound(path)
  if (output.truncated) throw tooManyToWatch(path)
  return output.text
}

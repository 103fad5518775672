import { randomUUID } from 'node:crypto'
import type { VolumeSpec } from '../engine.ts'
import { checkName } from './pool-names.ts'
import { quote } from './shell.ts'

/**
 * What is done inside the pool, as scripts for its shell. Layout: `volumes/NAME` holds `data`, or
 * `upper` and `work` for a copy; `sealed/NAME` holds `data`; `meta` says whose it is. A directory
 * appears under its name in one rename, and leaves by one.
 */
export const scriptExit = { taken: 17, full: 28, notSealed: 44, copy: 45, absent: 46 } as const

/** Left free, so that a database that is starting finds room for its first files. */
const reserveBytes = 128 * 1024 ** 2

const metaOf = (pod: string, of: string | null) => `pod=${pod} of=${of ?? ''}`

export function createScript(spec: VolumeSpec): string {
  return makeScript(spec, { of: null, root: 'data' })
}

export function cloneScript(spec: VolumeSpec, sealed: string): string {
  const guard = `[ -d ${quote(`sealed/${checkName(sealed)}/data`)} ] || exit ${scriptExit.notSealed}`
  return `${guard}\n${makeScript(spec, { of: sealed, root: 'upper' })}`
}

/** Every program it starts costs a millisecond of each sandbox's start. */
function makeScript(
  { name, pod, uid, gid, mode }: VolumeSpec,
  { of, root }: { of: string | null; root: 'data' | 'upper' },
): string {
  const owner = `-o ${quote(uid)} -g ${quote(gid)} -m ${quote(mode.toString(8))}`
  return `
set -eu
name=${quote(checkName(name))}
meta=${quote(metaOf(checkName(pod), of))}
[ ! -e "sealed/$name" ] || exit ${scriptExit.taken}
if [ -d "volumes/$name" ]; then
  [ "$(cat "volumes/$name/meta")" = "$meta" ] || exit ${scriptExit.taken}
  exit 0
fi
${roomCheck}
new=trash/new.${randomUUID()}
mkdir -m 0711 "$new" ${root === 'upper' ? '"$new/work"' : ''}
install -d ${owner} "$new/${root}"
echo "$meta" > "$new/meta"
mv -T "$new" "volumes/$name"`
}

/** A full disk below the sparse file would break the pool for everybody. */
export const roomCheck = `
disks=/pool; [ ! -d /file ] || disks='/pool /file'
set -- $(df --output=avail -B1 $disks); shift
for free; do
  [ "$free" -ge ${reserveBytes} ] || { echo "$free"; exit ${scriptExit.full}; }
done`

/** Asks whether `sealScript` would do it, before the volume is taken from the engine. */
export function sealableScript(volume: string, as: string): string {
  return `
from=${quote(`volumes/${checkName(volume)}`)}
to=${quote(`sealed/${checkName(as)}`)}
if [ -e "$to" ]; then [ ! -e "$from" ] || exit ${scriptExit.taken}; exit 0; fi
[ ! -e ${quote(`volumes/${as}`)} ] || exit ${scriptExit.taken}
[ -e "$from" ] || exit ${scriptExit.absent}
[ -d "$from/data" ] || exit ${scriptExit.copy}`
}

/** Done already when the sealed one is there and the volume is not. */
export function sealScript(volume: string, as: string): string {
  return `${sealableScript(volume, as)}
mv -T "$from" "$to" && sync -f "$to"`
}

/** Removes a volume, or prints how many copies hold a sealed one back. */
export function discardScript(name: string): string {
  return `
set -eu
name=${quote(checkName(name))}
${countClones}
[ "$clones" -eq 0 ] || { echo "$clones"; exit ${scriptExit.taken}; }
for kind in volumes sealed; do
  [ -e "$kind/$name" ] || continue
  old=$(mktemp -d trash/old.XXXXXX)
  mv "$kind/$name" "$old/"
  flock -u 9
  rm -rf "$old"
  flock 9
done`
}

/** Prints how many volumes are copies of this one. */
export function clonesScript(name: string): string {
  return `name=${quote(checkName(name))}\n${countClones}\necho "$clones"`
}

const countClones = `clones=0
if [ -e "sealed/$name" ]; then
  clones=$(find volumes -mindepth 2 -maxdepth 2 -name meta -exec grep -lx "pod=[a-z0-9-]* of=$name" {} + | wc -l)
fi`

/** One line a volume: `volumes/NAME/meta:pod=POD of=SEALED`. */
export const listScript = `find volumes sealed -mindepth 2 -maxdepth 2 -name meta -exec grep -H '' {} +`

/** Size, free bytes and free inodes of the pool, then of the disk its file is on. */
export const usageScript = `df --output=size,avail,iavail -B1 /pool $([ -d /file ] && echo /file) | tail -n +2`

/** A walk that takes longer is taken for one that was made to: nobody's bound may hang on it. */
const walkWithinSeconds = 30
/** What `timeout` says of a walk that it ended. */
const notInTime = 124
/** A directory that a rollback puts in another's place fails a walk at once, and only then. */
const walks = 5

/**
 * Prints a line for each directory that is there: `volumes/NAME BYTES INODES`, and `-` in place of a
 * number that did not come in time. A hard link counts once, a shared block as often as it is shared.
 */
export const measureScript = (directories: readonly string[]) => `
count() {
  for walk in $(seq ${walks}); do
    # Removed meanwhile: it holds nothing.
    [ -d "$2" ] || return 0
    told=$(timeout ${walkWithinSeconds} nice du -sx "$1" "$2" 2>/dev/null) && ended=0 || ended=$?
    [ $ended -ne ${notInTime} ] || break
    [ -z "$told" ] || { printf '%s\n' "$told" | cut -f 1; return; }
    sleep 0.2
  done
  echo -
}
for directory in ${directories.map(quote).join(' ')}; do
  for root in "$directory/data" "$directory/upper"; do
    bytes=$(count -B1 "$root")
    inodes=$(count --inodes "$root")
    [ -z "$bytes" ] || [ -z "$inodes" ] || echo "$directory $bytes $inodes"
  done
done`

export const sizeScript = (name: string) => `
name=${quote(checkName(name))}
for root in "sealed/$name/data" "volumes/$name/data" "volumes/$name/upper"; do
  [ ! -d "$root" ] || du -s -B1 "$root" | cut -f 1
done`

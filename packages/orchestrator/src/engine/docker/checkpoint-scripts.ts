import { randomUUID } from 'node:crypto'
import type { VolumeCopy, VolumeSpec } from '../engine.ts'
import { checkName } from './pool-names.ts'
import { roomCheck, scriptExit } from './pool-scripts.ts'
import { quote } from './shell.ts'

/**
 * A checkpoint is a directory like a volume’s, without `work`, so that nothing can mount it. It is
 * made in the volume’s own directory, which is all that the copier sees, and renamed out of it.
 */

/** Attributes as well: an overlay keeps in them what it hides. Links are copied, never followed. */
const copy = 'cp -a --one-file-system --reflink=auto'

/** Makes room for the copies, and sees that there is something to copy and no copy yet. */
export const beginScript = (copies: readonly VolumeCopy[]) => `
set -eu
${roomCheck}
${copies
  .map(
    ({ volume, as }) => `
from=${quote(`volumes/${checkName(volume)}`)}
to=${quote(`volumes/${checkName(as)}`)}
[ -d "$from" ] || exit ${scriptExit.absent}
[ ! -e "$to" ] && [ ! -e ${quote(`sealed/${as}`)} ] || exit ${scriptExit.taken}
rm -rf "$from/copying"
mkdir -m 0711 "$from/copying"`,
  )
  .join('\n')}`

/** Longer would hold a sandbox still for longer than its clients wait. */
const copyWithinSeconds = 60

/** Run where each volume’s directory is at `/volumes/NAME` and nothing else of the pool is. */
export const copyScript = (copies: readonly VolumeCopy[]) =>
  copies
    .map(({ volume }) => quote(`/volumes/${checkName(volume)}`))
    .map(
      (place) => `(
  [ ! -d ${place}/upper ] || timeout ${copyWithinSeconds} ${copy} ${place}/upper ${place}/copying/
) && (
  [ ! -d ${place}/data ] || timeout ${copyWithinSeconds} ${copy} ${place}/data ${place}/copying/
) || failed=1`,
    )
    .join('\n')

/** Every process in the copier’s PID namespace but its first and this one, in one call that no fork escapes. */
export const stopOthers = 'kill -s STOP -- -1 2>/dev/null'
export const continueOthers = 'kill -s CONT -- -1 2>/dev/null'

/** Gives the copies their names. */
export const finishScript = (copies: readonly VolumeCopy[]) => `
set -eu
${copies
  .map(
    ({ volume, as }) => `
from=${quote(`volumes/${checkName(volume)}`)}
to=${quote(`volumes/${checkName(as)}`)}
if [ ! -d "$to" ]; then
  cp "$from/meta" "$from/copying/meta"
  mv -T "$from/copying" "$to"
fi`,
  )
  .join('\n')}`

/** Removes what was made of copies that failed, named or not. */
export const undoScript = (copies: readonly VolumeCopy[]) => `
flock 9
old=$(mktemp -d trash/old.XXXXXX)
${copies
  .map(
    ({ volume, as }) => `
mv ${quote(`volumes/${checkName(volume)}/copying`)} "$old/${volume}" 2>/dev/null
mv ${quote(`volumes/${checkName(as)}`)} "$old/" 2>/dev/null`,
  )
  .join('\n')}
flock -u 9
rm -rf "$old"`

/** Removes what a copier that was ended left in the volumes of a pod, before it had a name. */
export const clearHalfScript = (pod: string) => `
old=$(mktemp -d trash/old.XXXXXX)
find volumes -mindepth 2 -maxdepth 2 -name meta -exec grep -l ${quote(`^pod=${checkName(pod)} of=`)} {} + |
  while read -r meta; do
    half=\${meta%/meta}
    [ ! -e "$half/copying" ] || mv "$half/copying" "$old/\${half##*/}"
  done
flock -u 9
rm -rf "$old"`

/** Where a copy is made that has no name yet; what stays of it is swept by whoever opens the pool next. */
export const newStage = () => `trash/new.${randomUUID()}`

/** Copies beside other work. */
const copyAside = (from: string, stage: string) => `
from=${quote(`volumes/${checkName(from)}`)}
[ -d "$from" ] || exit ${scriptExit.absent}
root=data; [ ! -d "$from/upper" ] || root=upper
new=${stage}
mkdir -m 0711 "$new"
${copy} "$from/$root" "$new/"`

/** What a volume is to hold, before it is free to take it. */
export const stageScript = ({ volume, as }: VolumeCopy, stage: string) => `
set -eu
[ -d ${quote(`volumes/${checkName(volume)}`)} ] || exit ${scriptExit.absent}
${copyAside(as, stage)}
[ "$root" = data ] || mkdir -m 0711 "$new/work"`

export const unstageScript = (stage: string) => `rm -rf ${stage}`

/** Renames alone, for somebody waits. The old content goes when nobody does any more. */
export const restoreScript = (volume: string, stage: string) => `
set -eu
new=${stage}
to=${quote(`volumes/${checkName(volume)}`)}
[ -d "$new" ] && [ -d "$to" ] || exit ${scriptExit.absent}
old=trash/old.${randomUUID()}
mkdir -p "$old"
for part in data upper work; do
  [ -e "$new/$part" ] || continue
  [ ! -e "$to/$part" ] || mv "$to/$part" "$old/"
  mv "$new/$part" "$to/$part"
done
rm -rf "$new" "$old" 9>&- </dev/null >/dev/null 2>&1 &`

/** Prints which sealed volume it is a copy of, if of one. */
export const forkScript = (checkpoint: string, { name, pod }: VolumeSpec) => `
set -eu
name=${quote(checkName(name))}
said=volumes/$name/meta
[ -e "$said" ] || said=${quote(`volumes/${checkName(checkpoint)}/meta`)}
[ -e "$said" ] || exit ${scriptExit.absent}
of=$(sed 's/^pod=[a-z0-9-]* of=//' "$said")
meta=${quote(`pod=${checkName(pod)} of=`)}$of
echo "$of"
if [ -d "volumes/$name" ]; then
  [ "$(cat "$said")" = "$meta" ] || exit ${scriptExit.taken}
  exit 0
fi
[ ! -e "sealed/$name" ] || exit ${scriptExit.taken}
${roomCheck}
new=${newStage()}
trap 'rm -rf "$new"' EXIT
${copyAside(checkpoint, '"$new"')}
[ "$root" = data ] || mkdir -m 0711 "$new/work"
echo "$meta" > "$new/meta"
flock 9
[ -z "$of" ] || [ -d "sealed/$of/data" ] || exit ${scriptExit.notSealed}
mv -T "$new" "volumes/$name"`

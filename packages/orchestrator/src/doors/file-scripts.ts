/** What runs inside for one file request, as the agent, with the path as $1. Exit 3: it is not there. */

/**
 * First line `directory`, `file SIZE`, or with $2 or $3, `part FIRST LAST SIZE` or, where it has none of
 * them, `none SIZE`; then entries separated by NUL, or the bytes. What was opened is
 * asked, not the name, which may stand for something else by now; and as much is read as it had then,
 * for it may grow as fast as it is read. Files of the kernel’s say 0 and have some.
 */
export const readScript = `
[ -e "$1" ] || [ -L "$1" ] || exit 3
if [ -d "$1" ]; then
  echo directory
  exec find "$1/" -mindepth 1 -maxdepth 1 -printf '%y\\t%s\\t%T@\\t%f\\0'
fi
[ -f "$1" ] || { echo "sh: not a plain file" >&2; exit 1; }
exec 3<"$1" || exit 1
[ -f /proc/self/fd/3 ] || { echo "sh: not a plain file" >&2; exit 1; }
size=$(stat -L -c %s /proc/self/fd/3)
if [ $# -gt 1 ]; then
  first=$2 last=$3
  if [ -z "$first" ]; then
    first=$((size - last)) last=
    [ "$first" -ge 0 ] || first=0
  fi
  { [ -n "$last" ] && [ "$last" -lt "$size" ]; } || last=$((size - 1))
  [ "$first" -lt "$size" ] || { echo "none $size"; exit 0; }
  echo "part $first $last $size"
  tail -c "+$((first + 1))" <&3 | head -c "$((last - first + 1))"
  exit
fi
echo "file $size"
[ "$size" -gt 0 ] || size=1048576
exec head -c "$size" <&3`

/** Written beside, as $2, and renamed, so that a torn upload leaves the old file. Prints the size. */
export const writeScript = `
set -eC
[ ! -d "$1" ] || { echo "sh: is a directory" >&2; exit 1; }
mkdir -p -- "$(dirname -- "$1")"
trap 'rm -f -- "$2"' EXIT
cat >"$2"
chmod 644 -- "$2"
[ ! -f "$1" ] || chmod --reference="$1" -- "$2"
size=$(stat -c %s "$2")
mv -f -- "$2" "$1"
echo "$size"`

/** What a torn upload left: killed, it could not clear away itself. */
export const discardScript = 'exec rm -f -- "$1"'

export const removeScript = `
[ -e "$1" ] || [ -L "$1" ] || exit 3
exec rm -rf -- "$1"`

/** What runs inside for one file request, as the agent, with the path as $1. Exit 3: it is not there. */

/** First line `directory` or `file SIZE`; then entries separated by NUL, or the bytes. */
export const readScript = `
[ -e "$1" ] || [ -L "$1" ] || exit 3
if [ -d "$1" ]; then
  echo directory
  exec find "$1/" -mindepth 1 -maxdepth 1 -printf '%y\\t%s\\t%T@\\t%f\\0'
fi
[ -f "$1" ] || { echo "sh: not a plain file" >&2; exit 1; }
exec 3<"$1" || exit 1
echo "file $(stat -L -c %s "$1")"
exec cat <&3`

/** Written beside and renamed, so that a torn upload leaves the old file. Prints the size. */
export const writeScript = `
set -e
[ ! -d "$1" ] || { echo "sh: is a directory" >&2; exit 1; }
mkdir -p -- "$(dirname -- "$1")"
partial=$(mktemp -- "$(dirname -- "$1")/.upload-XXXXXXXX")
trap 'rm -f -- "$partial"' EXIT
cat >"$partial"
chmod 644 -- "$partial"
[ ! -f "$1" ] || chmod --reference="$1" -- "$partial"
size=$(stat -c %s "$partial")
mv -f -- "$partial" "$1"
echo "$size"`

export const removeScript = `
[ -e "$1" ] || [ -L "$1" ] || exit 3
exec rm -rf -- "$1"`

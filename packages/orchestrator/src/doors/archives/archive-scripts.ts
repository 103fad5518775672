/**
 * What runs inside for one archive, as the agent, with the path as $1. Exit 3: it is not there. Says
 * `archive` first, so that what fails before is told as what it is. Links to one file are files.
 */
export const packScript = `
{ [ -e "$1" ] || [ -L "$1" ]; } || exit 3
if [ -d "$1" ]; then
  cd -- "$1" || exit 1
  [ -r . ] || { echo "sh: permission denied" >&2; exit 1; }
  set -- . "$2"
else
  cd -- "$(dirname -- "$1")" || exit 1
  set -- "./$(basename -- "$1")" "$2"
fi
echo archive
gzip=
[ "$2" = tar ] || gzip=--gzip
exec tar --create --hard-dereference $gzip --file=- -- "$1"`

/**
 * Unpacked beside, as $2 within $1, and only then put in place, so that an archive that breaks off
 * leaves nothing. Links make that no second copy, but where something else is mounted below.
 */
export const unpackScript = `
set -e
mkdir -p -- "$1"
mkdir -- "$2"
trap 'rm -rf -- "$2"' EXIT
tar --extract --no-same-owner --file=- --directory="$2"
cd -- "$2"
put() { find . -mindepth 1 -maxdepth 1 -exec cp "$2" --remove-destination -t "$1/" {} +; }
put "$1" -al 2>/dev/null || put "$1" -a
cd /`

/** What a torn upload left: killed, it could not clear away itself. */
export const discardTreeScript = 'exec rm -rf -- "$1"'

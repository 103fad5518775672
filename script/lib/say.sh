# Words for people go to stderr: stdout belongs to the program that called us.

say() { printf 'setup: %s\n' "$*" >&2; }

stop() {
  say "$@"
  exit 1
}

# quietly LOG COMMAND…: what a command prints goes to a log, whose end is shown when it fails.
# Descriptor 9 is the lock; a daemon that inherited it would hold it for ever.
quietly() {
  quiet_log=$1
  shift
  if ! "$@" >"$quiet_log" 2>&1 </dev/null 9>&-; then
    tail -n 20 "$quiet_log" >&2
    return 1
  fi
}

has() { command -v "$1" >/dev/null 2>&1; }

digest() { sha256sum | cut -d ' ' -f 1; }

# A part is in place when its stamp holds the digest of what it was made from.
stamp_is() { [ -f ".tools/stamps/$1" ] && read -r stamped <".tools/stamps/$1" && [ "$stamped" = "$2" ]; }
stamp() { printf '%s\n' "$2" >".tools/stamps/$1"; }

/**
 * For sh: prints every process that carries the mark $1 in its environment, and everything below one
 * that does. Runs as the same user, so it can neither read nor signal anybody else's process. What it
 * cannot find: a process that cleared its environment and whose parents have all ended. Such a one
 * lives on until the pod does, within the pod's limits. Fails where it could not look.
 */
export const findTree = `
find_tree() {
  marked=$(grep -l -s -a -e "$1" /proc/[0-9]*/environ | cut -d/ -f3) || return
  [ -z "$marked" ] && return
  grep -s '^PPid:' /proc/[0-9]*/status | awk -v marked="$marked" '
    BEGIN { n = split(marked, list, "\\n"); for (i = 1; i <= n; i++) doomed[list[i]] = 1 }
    { split($1, path, "/"); parent[path[3]] = $2 }
    END {
      do { grown = 0
        for (pid in parent) if (!(pid in doomed) && (parent[pid] in doomed)) { doomed[pid] = 1; grown = 1 }
      } while (grown)
      for (pid in doomed) print pid
    }'
}
`

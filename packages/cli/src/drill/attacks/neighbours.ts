import { type Attack, quoted } from '../attack.ts'

/** Leaves a mark wherever something of one sandbox could be seen by another. */
export const marking = (mark: string) => `
echo ${mark} > /workspace/${mark}; echo ${mark} > /tmp/${mark}; echo ${mark} > /dev/shm/${mark}
MARK=${mark} bash -c 'exec -a ${mark} sleep 600' >/dev/null 2>&1 &
case "\${DATABASE_URL:-}" in postgres*)
  psql "$DATABASE_URL" -XAtqc "CREATE TABLE IF NOT EXISTS marks (mark text); INSERT INTO marks VALUES ('${mark}')"
esac
sleep 0.2`

/** The mark is made of two halves, so that the search does not find itself. */
export function findsNeighbour(mark: string): Attack {
  const [head, tail] = [mark.slice(0, 4), mark.slice(4)]
  return {
    family: 'cross-sandbox',
    title: 'looks for another sandbox’s files, memory, processes and rows',
    script: `
mark=${quoted(head)}${quoted(tail)}
own=own-$$; touch "/workspace/$own" && [ -e "/workspace/$own" ] && cat /proc/self/cmdline | grep -q . && echo CONTROL
rm -f "/workspace/$own"
for place in /workspace /tmp /dev/shm /home /run /data; do
  find "$place" -name "$mark" 2>/dev/null | sed 's/^/WON the file /'
done
for each in /proc/[0-9]*; do
  [ "$each" = "/proc/$$" ] && continue
  tr '\\0' ' ' < "$each/cmdline" 2>/dev/null | grep -q "^${head}[${tail[0]}]${tail.slice(1)} " && echo "WON the process $each"
done
grep -s "$mark" /proc/self/mountinfo /etc/hosts && echo 'WON its name'
case "\${DATABASE_URL:-}" in postgres*)
  psql "$DATABASE_URL" -XAtqc "SELECT 'WON a row' FROM marks" 2>/dev/null
esac
true`,
  }
}

/** Where a container that ends by itself finds the pod’s deadline, as epoch seconds. */
export const leasePath = '/lease'

/**
 * A second kernel has processes of its own, which do not end with the gate’s PID namespace. So its
 * first one does what the gate does: it runs the command beside itself, and ends, and everything with
 * it, when the deadline passed, is missing or is no number. Whatever it cannot do, for want of a
 * process or of memory, ends it as well.
 */
const script = `
"$@" &
while kill -0 $! 2>/dev/null; do
  read -r deadline <${leasePath}/deadline || exit 0
  [ "$(date +%s)" -lt "$deadline" ] || exit 0
  sleep 1
done
wait $!`

/** argv; an image behind a second kernel has sh, date and sleep. */
export const withOwnDeadline = (command: readonly string[]): string[] => [
  ...['/bin/sh', '-c', script, 'sh'],
  ...command,
]

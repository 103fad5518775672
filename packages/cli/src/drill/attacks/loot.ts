/** Prints what may hold a credential, for somebody who knows the real ones to look through. */

export const environments = `
cat /proc/self/environ >/dev/null && echo CONTROL
env
cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'
cat /proc/self/mountinfo /etc/hosts /etc/hostname /etc/resolv.conf`

const pattern =
  '(postgres(ql)?://|mysql://|rediss?://|sd_|sdk_|sess_|PRIVATE KEY-----|AKIA[0-9A-Z]{16}|gh[pousr]_)'

const places = '/etc /home /opt /root /run /srv /tmp /var /workspace /data'

/** What it plants itself shows that the search works, and is gone again. */
export const keysInFiles = `
planted=$(mktemp /tmp/planted.XXXXXX); echo 'AKIAIOSFODNN7PLANTED' > "$planted"
grep -rsIohE '.*${pattern}.*' ${places} | sed 's/^AKIAIOSFODNN7PLANTED$/CONTROL/'
rm -f "$planted"
ls -A /workspace`

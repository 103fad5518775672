import { describe, expect, test } from 'vitest'
import { runCommand } from '../lib/command-result.ts'
import { type Scene, said } from './scene.ts'

/** Prints WON for everything that succeeds; each is tried as the agent. */
const climbing = `
mount -t tmpfs none /mnt 2>/dev/null && echo 'WON mount'
unshare -Ur true 2>/dev/null && echo 'WON user namespace'
unshare -m true 2>/dev/null && echo 'WON mount namespace'
nsenter -t 1 -m true 2>/dev/null && echo 'WON namespaces of PID 1'
mknod /tmp/disk b 8 0 2>/dev/null && echo 'WON device'
chroot / true 2>/dev/null && echo 'WON chroot'
touch /usr/bin/planted /etc/planted 2>/dev/null && echo 'WON root file system'
echo x > /etc/passwd && echo 'WON passwd'
echo x > /proc/sys/kernel/core_pattern && echo 'WON core pattern'
echo 1 > /proc/sys/net/ipv4/ip_forward && echo 'WON sysctl'
ls /sys/fs/cgroup/*/release_agent 2>/dev/null && echo x > /sys/fs/cgroup/memory/release_agent && echo 'WON release agent'
cat /proc/kcore 2>/dev/null | head -c 1 | grep -q . && echo 'WON kernel memory'
dmesg 2>/dev/null && echo 'WON kernel log'
cp /bin/bash /tmp/shell && chmod u+s /tmp/shell && [ "$(/tmp/shell -pc 'id -u')" != 1000 ] && echo 'WON setuid'
find / -xdev -perm -4000 -user root -type f 2>/dev/null | while read -r program; do
  timeout 2 "$program" -c id </dev/null 2>/dev/null | grep -q uid=0 && echo "WON $program"
done
[ "$(id -u)" = 0 ] && echo 'WON root'
grep -E '^(CapEff|CapPrm|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status
true`

const atGate = `
kill -9 1 2>/dev/null && echo 'WON kill'
kill -STOP 1 2>/dev/null && echo 'WON stop'
for what in environ maps mem root/ cwd/ fd/ auxv stack syscall; do
  head -c 1 "/proc/1/$what" >/dev/null 2>&1 && echo "WON /proc/1/$what"
  ls "/proc/1/$what/" >/dev/null 2>&1 && echo "WON /proc/1/$what"
done
echo 1 > /proc/1/oom_score_adj && echo 'WON oom_score_adj'
python3 - <<'END'
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(16, 1, 0, 0) == 0: print('WON ptrace')
END
true`

/** Every process that is not the agent’s: the gate’s, the database’s, the workspace’s own. */
const atOthers = `
seen=0
for each in /proc/[0-9]*; do
  [ "$(stat -c %u "$each" 2>/dev/null || echo 1000)" = 1000 ] && continue
  seen=$((seen + 1))
  kill -9 "\${each#/proc/}" 2>/dev/null && echo "WON kill $each"
  cat "$each/environ" >/dev/null 2>&1 && echo "WON $each/environ"
  ls "$each/root/" >/dev/null 2>&1 && echo "WON $each/root"
  ls "$each/fd/" >/dev/null 2>&1 && echo "WON $each/fd"
  head -c 1 "$each/mem" >/dev/null 2>&1 && echo "WON $each/mem"
done
echo "SEEN $seen"`

export function describeInside(scene: () => Scene): void {
  describe('from inside', () => {
    test('nothing leads to root, to the kernel or out of the namespaces', async () => {
      const output = await said(scene().box, climbing)

      expect(output.match(/^WON.*/gm)).toBeNull()
      for (const set of ['CapEff', 'CapPrm', 'CapBnd', 'CapAmb']) {
        expect(output).toMatch(new RegExp(`^${set}:\\s*0+$`, 'm'))
      }
      expect(output).toMatch(/^NoNewPrivs:\s*1$/m)
      expect(output).toMatch(/^Seccomp:\s*2$/m)
    })

    test('the gate cannot be ended, stopped, traced or looked into', async () => {
      expect((await said(scene().box, atGate)).match(/^WON.*/gm)).toBeNull()
      expect(await said(scene().box, 'echo alive')).toBe('alive\n')
    })

    test('neither can the database, nor its files be read past it', async () => {
      const output = await said(scene().box, atOthers)

      expect(output.match(/^WON.*/gm)).toBeNull()
      // The gate, its carrier, the database’s five or more, the workspace’s own.
      expect(Number(output.split('SEEN ')[1])).toBeGreaterThan(6)
      const files =
        'find / -name PG_VERSION -path "*data*" 2>/dev/null; ls /var/lib/stuntdouble 2>&1'
      expect(await said(scene().box, files)).toMatch(/^ls: cannot access/)
    })

    test('a process that leaves its session and its environment still ends with its command', async () => {
      const box = scene().box
      const daemon = `env -i setsid bash -c 'trap "" TERM HUP INT; exec -a straggler sleep 600' >/dev/null 2>&1 &`
      const command = box.commands.run(['bash', '-c', `${daemon} disown; sleep 600`], {
        timeoutMs: 1500,
      })

      await expect(command).rejects.toMatchObject({ code: 'timed_out' })
      expect(await said(box, 'pgrep -fc "^straggle[r]" || true')).toBe('0\n')
    })

    test('a process that daemonized is gone after the sandbox’s end', async () => {
      const box = await scene().spare()
      const mark = `ghost-${box.id}`
      await said(box, `env -i setsid bash -c 'exec -a ${mark} sleep 3600' >/dev/null 2>&1 & disown`)
      const onHost = `grep -lsa ${mark.replace('ghost', 'ghos[t]')} /proc/[0-9]*/cmdline || echo NONE`
      expect(await hostSaid(onHost)).not.toBe('NONE\n')

      expect(await box.kill()).toMatchObject({ clean: true })
      expect(await hostSaid(onHost)).toBe('NONE\n')
    })
  })
}

async function hostSaid(script: string): Promise<string> {
  const result = await runCommand({
    ...{ file: 'bash', args: ['-c', script], cwd: '/', timeoutMs: 10_000 },
    env: { PATH: '/usr/bin:/bin' },
  })
  return result.stdout
}

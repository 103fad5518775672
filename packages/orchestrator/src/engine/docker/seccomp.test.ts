import { expect, test } from 'vitest'
import { seccompProfile } from './seccomp.ts'
import { allowedSyscalls } from './seccomp-syscalls.ts'

interface Rule {
  readonly names: readonly string[]
  readonly action: string
  readonly args?: readonly { readonly op: string; readonly index: number }[]
}
const profile: { defaultAction: string; syscalls: Rule[] } = JSON.parse(seccompProfile)

test('what is not allowed is refused', () => {
  expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO')
})

test.each([
  ...['io_uring_setup', 'io_uring_enter', 'io_uring_register', 'bpf', 'perf_event_open'],
  ...['userfaultfd', 'keyctl', 'add_key', 'request_key', 'ptrace', 'process_vm_readv'],
  ...['process_vm_writev', 'pidfd_getfd', 'kcmp', 'unshare', 'setns', 'mount', 'umount2'],
  ...['move_mount', 'open_tree', 'fsopen', 'fsmount', 'fsconfig', 'mount_setattr', 'pivot_root'],
  ...['chroot', 'init_module', 'finit_module', 'delete_module', 'kexec_load', 'kexec_file_load'],
  ...['reboot', 'swapon', 'swapoff', 'acct', 'quotactl', 'syslog', 'settimeofday'],
  ...['clock_settime', 'clock_adjtime', 'adjtimex', 'open_by_handle_at', 'name_to_handle_at'],
  ...['iopl', 'ioperm', 'modify_ldt', 'fanotify_init', 'lookup_dcookie', 'vmsplice', 'nfsservctl'],
])('%s is in no rule', (call) => {
  expect(profile.syscalls.flatMap(({ names }) => names)).not.toContain(call)
})

test.each(['socket', 'socketpair', 'clone', 'personality', 'setrlimit', 'prlimit64'])(
  '%s is allowed by argument only',
  (call) => {
    expect(allowedSyscalls).not.toContain(call)
    const rules = profile.syscalls.filter(({ names }) => names.includes(call))
    expect(rules.length).toBeGreaterThan(0)
    for (const { args } of rules) expect(args?.length).toBeGreaterThan(0)
  },
)

test('no rule compares an argument otherwise than by equality, or one argument twice', () => {
  for (const { args = [] } of profile.syscalls) {
    for (const { op } of args) expect(['SCMP_CMP_EQ', 'SCMP_CMP_MASKED_EQ']).toContain(op)
    expect(new Set(args.map(({ index }) => index)).size).toBe(args.length)
  }
})

test('no call is listed twice', () => {
  expect(new Set(allowedSyscalls).size).toBe(allowedSyscalls.length)
})

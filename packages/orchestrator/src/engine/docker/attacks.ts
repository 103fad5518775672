/** An attack from inside a container: exits 0 when it succeeds. */
export interface Attack {
  readonly name: string
  readonly command: readonly string[]
  /** What a container must be granted for the attack to succeed at all: proof that it is a real one. */
  readonly weakness: Weakness
}

export interface Weakness {
  readonly user: string
  readonly capabilities?: readonly string[]
  readonly seccomp?: 'unconfined'
}

const agent: Weakness = { user: '1000:1000' }
const root: Weakness = { user: '0:0' }
const unconfined: Weakness = { user: '1000:1000', seccomp: 'unconfined' }
const almighty: Weakness = {
  user: '0:0',
  seccomp: 'unconfined',
  // By name: a host's root may lack some, and then the engine refuses to give ALL.
  capabilities: ['SYS_ADMIN', 'SYS_BOOT', 'SYS_MODULE', 'SYS_PTRACE', 'SYS_TIME', 'SYSLOG'],
}

const sh = (script: string) => ['sh', '-c', script]
const perl = (program: string) => ['perl', '-e', program]
const socketOf = (family: number, type: number, protocol: number) =>
  perl(`socket(my $s, ${family}, ${type}, ${protocol}) or die "$!"`)

const EPERM = 1
const ENOSYS = 38
/** Succeeds when the call reaches the kernel: by any answer but a filter's. */
const reaches = (call: number, ...args: readonly string[]) =>
  perl(`
    my $result = syscall(${[call, ...args].join(', ')});
    exit($result == -1 && ($! + 0 == ${EPERM} || $! + 0 == ${ENOSYS}) ? 1 : 0)`)

/** Numbers of x86-64. */
const calls: readonly [string, number, ...string[]][] = [
  ['make a ring of io_uring', 425, '8', 'my $parameters = "\\0" x 120'],
  ['load a BPF program', 321, '0', '0', '0'],
  ['open a performance event', 298, '0', '0', '-1', '-1', '0'],
  ['handle page faults itself', 323, '0'],
  ['use the key ring', 250, '0', '-3', '1'],
  ['add a key', 248, '0', '0', '0', '0', '0'],
  ['trace another process', 101, '16', '999999', '0', '0'],
  ['read another process’s memory', 310, '999999', '0', '0', '0', '0', '0'],
  ['take another process’s file', 438, '-1', '0', '0'],
  ['enter a namespace', 308, '-1', '0'],
  ['change its root', 161, '0'],
  ['open a file by its handle', 304, '-1', '0', '0'],
  ['mount by the new calls', 430, '0', '0'],
  ['read the kernel’s log', 103, '10', '0', '0'],
  ['set the clock', 227, '99', '0'],
  ['change its persona', 135, '4'],
]

export const attacks: readonly Attack[] = [
  { name: 'write to the root', command: sh('touch /var/tmp/x'), weakness: agent },
  { name: 'open a raw socket', command: socketOf(2, 3, 1), weakness: root },
  { name: 'open a packet socket', command: socketOf(17, 3, 0), weakness: root },
  { name: 'open a VSOCK socket', command: socketOf(40, 1, 0), weakness: unconfined },
  { name: 'open an audit socket', command: socketOf(16, 3, 9), weakness: unconfined },
  { name: 'mount', command: sh('mount -t tmpfs none /mnt'), weakness: almighty },
  { name: 'make a user namespace', command: sh('unshare -U true'), weakness: unconfined },
  {
    name: 'gain privileges from a set-uid program',
    command: sh('grep -q "^NoNewPrivs:\\s*0" /proc/self/status'),
    weakness: agent,
  },
  {
    name: 'have a capability within reach',
    command: sh('! grep -q "^CapBnd:\\s*0000000000000000" /proc/self/status'),
    weakness: agent,
  },
  {
    name: 'leave a core file to the host',
    command: sh('ulimit -S -c 0 && ulimit -H -c 0'),
    weakness: agent,
  },
  ...calls.map(([name, call, ...args]) => ({
    name,
    command: reaches(call, ...args),
    weakness: almighty,
  })),
]

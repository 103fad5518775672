import { allowedSyscalls } from './seccomp-syscalls.ts'

interface Rule {
  readonly names: readonly string[]
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO'
  readonly errnoRet?: number
  readonly args?: readonly Argument[]
}

interface Argument {
  readonly index: number
  readonly value: number
  readonly valueTwo?: number
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_MASKED_EQ'
}

/*
 * Arguments are only ever matched by equality: the kernel reads many of them as 32 bits where the
 * filter compares 64, so "anything but 4" lets 4 + 2³² through. And one rule names one alternative:
 * the engine takes several conditions on one argument for alternatives.
 */
const equals = (index: number, value: number): Argument => ({ index, value, op: 'SCMP_CMP_EQ' })

const allow = (names: readonly string[], ...args: Argument[]): Rule => ({
  names,
  action: 'SCMP_ACT_ALLOW',
  args,
})

const family = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const
const netlinkRoute = 0

const sockets = [
  ...[family.unix, family.inet, family.inet6].map((each) => allow(['socket'], equals(0, each))),
  // getaddrinfo and getifaddrs ask the kernel for addresses this way.
  allow(['socket'], equals(0, family.netlink), equals(2, netlinkRoute)),
  allow(['socketpair'], equals(0, family.unix)),
]

/** CLONE_NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWNS. */
const newNamespaces = 0x7e_02_00_00
const enosys = 38

const processes: readonly Rule[] = [
  allow(['clone'], { index: 0, value: newNamespaces, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }),
  // Its flags lie in memory, out of a filter's sight; "no such call" makes libc use clone.
  { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: enosys },
  // The plain Linux personality, and the question which it is.
  ...[0, 0xff_ff_ff_ff].map((persona) => allow(['personality'], equals(0, persona))),
]

/** Every resource limit but that of core files, see `noCore`; reading is always allowed. */
const coreLimit = 4
const otherLimits = Array.from({ length: 16 }, (_, limit) => limit).filter(
  (limit) => limit !== coreLimit,
)
const limits = [
  ...otherLimits.map((limit) => allow(['setrlimit'], equals(0, limit))),
  ...otherLimits.map((limit) => allow(['prlimit64'], equals(1, limit))),
  allow(['prlimit64'], equals(2, 0)),
]

/**
 * The profile every container runs under, as the engine takes it. No architecture is named, so the
 * filter knows the native one alone and a call made in another (32 bits) ends the process.
 */
export const seccompProfile = JSON.stringify({
  defaultAction: 'SCMP_ACT_ERRNO',
  syscalls: [allow(allowedSyscalls), ...sockets, ...processes, ...limits],
})

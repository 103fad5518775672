import { z } from 'zod'

/** What runs the agent’s container: the machine’s kernel alone, or a second one in front of it. */
export const Isolation = z.enum(['runc', 'gvisor', 'kata'])
export type Isolation = z.infer<typeof Isolation>

/** What is left of the kernel to fear, for those who ask what a machine does not protect against. */
export const kernelExposure = (isolation: Isolation) =>
  isolation === 'runc'
    ? 'an exploit of the Linux kernel: sandboxes share this machine’s'
    : 'an exploit of the second kernel and of Linux behind it, or of Linux by way of a database’s server, which shares this machine’s'

/**
 * What gVisor gives to anybody of itself, and of itself alone: its own log, user namespaces and device
 * nodes that lead nowhere; a status that does not tell what it does not keep; and a look at the
 * processes behind it, which are the agent’s and the one that keeps the time. docs/isolation.md names
 * them; whoever ends, stops or traces a process still gets through.
 */
const given = [
  ...['user namespace', 'device', 'kernel log', 'CapAmb', 'new privileges'],
  'unfiltered system calls',
]
const look = /^\/proc\/\d+\/(?:environ|maps|fd\/?|auxv)$/

export const isGivenBySecondKernel = (won: string) => given.includes(won) || look.test(won)

/** A second kernel that is out of memory, or of the processes that it is made of, ends as a whole. */
export const endsAtItsBounds = 'at such a bound a sandbox behind a second kernel ends'

import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * What may be dialled. `forbidden` never is, whatever a rule says: what only machines of one link or
 * a cloud's own services answer on, what nobody owns, and every address that carries another one.
 */
export type AddressClass = 'global' | 'private' | 'loopback' | 'metadata' | 'forbidden'

type Range = readonly [address: string, prefix: number]

/** Where clouds answer with credentials. The first four lie in ranges that are open, or may be. */
const metadata: readonly Range[] = [
  ['100.100.100.200', 32], // Alibaba Cloud
  ['fd00:ec2::', 32], // AWS: metadata, DNS, time
  ['fd20:ce::', 32], // Google Cloud
  ['168.63.129.16', 32], // Azure's wire server, which is a public address
  ['169.254.0.0', 16], // link-local, where the others are
  ['192.0.0.192', 32], // Oracle Cloud
  ['fe80::a9fe:a9fe', 128], // OpenStack
]

/** RFC 1918, RFC 6598 (carrier-grade NAT), RFC 4193 (unique local). */
const privateUse: readonly Range[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['fc00::', 7],
]

const loopback: readonly Range[] = [
  ['127.0.0.0', 8],
  ['::1', 128],
]

/**
 * The rest of IANA's special-purpose registries (iana-ipv4- and iana-ipv6-special-registry, read in
 * 2026) that is not globally reachable, with multicast, and reserved space.
 */
const special: readonly Range[] = [
  ['0.0.0.0', 8],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24], // 6to4 relays
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4], // reserved, and the broadcast address
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarking
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4 carries an IPv4 address
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
]

/**
 * All of IPv6 that is handed out to networks. What lies outside carries another address
 * (IPv4-mapped, IPv4-compatible, NAT64) or belongs to one link (link-local, multicast).
 */
const globalUnicast: readonly Range[] = [['2000::', 3]]

type Family = 'ipv4' | 'ipv6'

/** Of an address as `getaddrinfo` and `inet_ntop` write it; anything else is `forbidden`. */
export function classOf(address: string): AddressClass {
  if (isIPv4(address)) return classIn(address, 'ipv4')
  // A zone names a link of this machine.
  return isIPv6(address) && !address.includes('%') ? classIn(address, 'ipv6') : 'forbidden'
}

function classIn(address: string, family: Family): AddressClass {
  const isIn = (ranges: Ranges) => ranges[family].check(address, family)
  if (isIn(lists.metadata)) return 'metadata'
  if (isIn(lists.loopback)) return 'loopback'
  if (isIn(lists.privateUse)) return 'private'
  if (isIn(lists.special)) return 'forbidden'
  return family === 'ipv4' || isIn(lists.globalUnicast) ? 'global' : 'forbidden'
}

/** By family, for a list that knows IPv4 takes `::ffff:127.0.0.1` for it. */
type Ranges = Readonly<Record<Family, BlockList>>

function rangesOf(ranges: readonly Range[]): Ranges {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const [address, prefix] of ranges) {
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    lists[family].addSubnet(address, prefix, family)
  }
  return lists
}

const lists = {
  metadata: rangesOf(metadata),
  privateUse: rangesOf(privateUse),
  loopback: rangesOf(loopback),
  special: rangesOf(special),
  globalUnicast: rangesOf(globalUnicast),
}

/** Names under which clouds serve the same; some resolve to addresses that are not special. */
const metadataNames: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
])

export const isMetadataName = (host: string) => metadataNames.has(host)

import type Docker from 'dockerode'
import { hardened, noCore } from './hardening.ts'
import { gateName, type Owner, ownerLabels } from './labels.ts'

/** The gate's own user. No member may run as it: another uid is what protects PID 1 from them. */
export const gateUid = 64_000

export const gateImage = 'stuntdouble/gate'

const mebibyte = 2 ** 20

export interface GateOptions {
  readonly owner: Owner
  readonly image: string
  /** The pod's directory on the host, seen by the gate alone. */
  readonly directory: string
  readonly hosts: readonly string[]
}

/** The owner of the pod's namespaces. Without a network, without a mount but its own directory. */
export function gateConfig({ owner, image, directory, hosts }: GateOptions) {
  return {
    name: `sd-${owner.pod}-${gateName}`,
    Image: image,
    Hostname: owner.pod,
    User: `${gateUid}:${gateUid}`,
    Entrypoint: ['/usr/local/bin/gate'],
    Cmd: [],
    Labels: ownerLabels(owner, gateName),
    HostConfig: {
      ...hardened,
      NetworkMode: 'none',
      // Without a network a look-up fails at once only where a name server refuses at once.
      Dns: ['127.0.0.1'],
      DnsOptions: ['timeout:1', 'attempts:1'],
      // Whoever joins the network namespace has these too, and can set none of its own.
      ExtraHosts: hosts.map((host) => `${host}:127.0.0.1`),
      Binds: [`${directory}:/gate:rw`],
      Memory: 64 * mebibyte,
      MemorySwap: 64 * mebibyte,
      PidsLimit: 16,
      NanoCpus: 1e9,
      ShmSize: mebibyte,
      Ulimits: [noCore],
    },
  } satisfies Docker.ContainerCreateOptions
}

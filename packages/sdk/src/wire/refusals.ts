/**
 * Keys that a compose file may hold and a blueprint may not, each with its reason. Told beside the line;
 * in the OpenAPI document as `x-refused`.
 */
export type Refusals = Readonly<Record<string, string>>

const mounts =
  'nothing of the host is mounted; /workspace and /tmp are there, and `files:` brings more'
const network =
  'a sandbox has one network of its own, with nothing but loopback; services find each other by name'
const namespace = 'no namespace is shared with the host'
const powers =
  'every container runs without capabilities and devices, behind our filter of system calls'
const ours = 'labels and names are how we find what must be removed'
const secrets = 'no secret enters a sandbox'

/** Of one service. */
export const serviceRefusals: Refusals = {
  ...{ volumes: mounts, volumes_from: mounts, tmpfs: mounts, configs: mounts, secrets },
  ...{
    env_file: secrets,
    credential_spec: secrets,
    use_api_socket: 'the engine’s socket never enters',
  },
  ...{ privileged: powers, cap_add: powers, cap_drop: powers, devices: powers, gpus: powers },
  ...{ device_cgroup_rules: powers, security_opt: powers, sysctls: powers, ulimits: powers },
  ...{ runtime: powers, group_add: powers, user: 'every service runs as the agent’s user' },
  ...{ pid: namespace, ipc: namespace, uts: namespace, userns_mode: namespace, cgroup: namespace },
  ...{ cgroup_parent: namespace, network_mode: network, networks: network, dns: network },
  ...{
    dns_search: network,
    dns_opt: network,
    extra_hosts: network,
    links: network,
    mac_address: network,
  },
  ...{ external_links: network, expose: 'write the ports it listens on under `ports`' },
  ...{ labels: ours, label_file: ours, container_name: ours, hostname: ours, domainname: ours },
  build: 'name an image that the engine holds; a blueprint builds none',
  pull_policy: 'name an image that the engine holds; a blueprint pulls none',
  entrypoint: 'write all of it under `command`',
  restart: 'nothing is restarted; a service that ends has ended',
  deploy: 'write `memory` and `cpus`',
  mem_limit: 'write `memory`',
  logging: 'logs are capped, and stay where they are',
  shm_size: 'it is a part of `memory`',
  oom_kill_disable: 'what runs out of memory is ended',
  oom_score_adj: 'a sandbox goes before the host’s own programs',
  ...{ extends: 'a blueprint is one file', profiles: 'a blueprint is one file' },
}

/** Of the whole file. */
export const blueprintRefusals: Refusals = {
  ...{ volumes: mounts, configs: mounts, secrets, networks: network },
  ...{ include: 'a blueprint is one file', extends: 'a blueprint is one file' },
  ...{ name: ours, labels: ours, version: 'a blueprint has none' },
}

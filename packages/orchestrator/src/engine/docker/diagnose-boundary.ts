import type { Diagnosis } from '../engine.ts'

/** What stands between a sandbox and this machine, and what does not. `options` as the engine names them. */
export function boundaryDiagnosis(options: readonly string[]): Diagnosis {
  const has = (name: string) => options.some((option) => option.split(',')[0] === `name=${name}`)
  const missing = [
    'side channels of the processor and of memory between sandboxes',
    ...(has('userns') || has('rootless')
      ? []
      : ['user ids of a sandbox are this machine’s own, for the engine maps none']),
    ...(has('apparmor') || has('selinux')
      ? []
      : ['no AppArmor and no SELinux stand behind the filter of system calls']),
  ]
  return {
    name: 'boundary',
    status: 'ok',
    message: 'Namespaces, no capabilities, a filter of system calls.',
    exposure: missing.join('; '),
  }
}

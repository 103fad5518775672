import { customAlphabet } from 'nanoid'

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** 62 bits, lower-case, fit for a host name. */
const suffix = customAlphabet(alphabet, 12)
export const newSandboxId = () => `sb${suffix()}`
export const newSnapshotId = () => `sn${suffix()}`
export const newCheckpointId = () => `cp${suffix()}`
export const newWorkspaceId = () => `ws${suffix()}`
/** Of a process that runs in the background of a sandbox. */
export const newProcessId = () => `pr${suffix()}`
/** Of a pod that does one piece of work. */
export const newHelperId = () => `wh${suffix()}`
export const isHelperId = (id: string) => /^wh[0-9a-z]{12}$/.test(id)

/** 256 bits of secret as 43 characters of base64url’s alphabet. */
export const newSecret = customAlphabet(`${alphabet}ABCDEFGHIJKLMNOPQRSTUVWXYZ-_`, 43)

/** Files that exist to hold secrets. They never enter a sandbox, whatever they hold today. */
const forbidden: readonly RegExp[] = [
  /^\.env(\..+)?$/,
  /^\.(npmrc|pypirc|netrc|pgpass|git-credentials|dockercfg)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)$/,
  /\.(pem|p12|pfx|jks|keystore|kdbx|ppk)$/i,
  /^terraform\.tfstate(\..*)?$/,
  /\.tfvars(\.json)?$/,
  /^(credentials|application_default_credentials)\.json$/,
]
const forbiddenFolders = new Set([
  '.aws',
  '.ssh',
  '.gnupg',
  '.kube',
  '.azure',
  '.gcloud',
  '.docker',
])

/** Templates that people commit on purpose. */
const allowed = /^\.env\.(example|sample|template|dist|defaults)$/

/** Whether a path may not enter by its name alone. */
export function isForbiddenName(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  const name = parts.at(-1) ?? ''
  if (parts.some((part) => forbiddenFolders.has(part))) return true
  return !allowed.test(name) && forbidden.some((pattern) => pattern.test(name))
}

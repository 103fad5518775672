import type { AddVerb } from '../call.ts'
import { addSecretsCheck } from './secrets-check.ts'

export const addSecrets: AddVerb = (parent, act) => {
  const secrets = parent.command('secrets').description('what must not enter a sandbox')
  addSecretsCheck(secrets, act)
}

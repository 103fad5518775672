import { generateKeyPairSync, sign } from 'node:crypto'
import { canonicalJson } from '../canonical-json.ts'
import type { EndReason, Receipt } from '../wire/receipt.ts'
import type { SandboxView } from '../wire/sandbox.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
export const installationKey = publicKey
  .export({ format: 'der', type: 'spki' })
  .toString('base64url')

/** As after an end that left nothing. */
export function signed(
  { id, createdAt }: Pick<SandboxView, 'id' | 'createdAt'>,
  reason: EndReason,
  endedAt: string,
): Receipt {
  const statement = {
    id,
    clean: true,
    reason,
    createdAt,
    endedAt,
    inventory: [{ kind: 'container', id: 'c1', name: 'gate', after: 'absent' } as const],
    doubts: [],
    installation: 'test',
  }
  const value = sign(null, Buffer.from(canonicalJson(statement)), privateKey).toString('base64url')
  return {
    ...statement,
    signature: { algorithm: 'ed25519', keyId: 'k1', publicKey: installationKey, value },
  }
}

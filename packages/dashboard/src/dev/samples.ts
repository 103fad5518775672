import { generateKeyPairSync, randomInt, sign } from 'node:crypto'
import { canonicalJson } from '@stuntdouble/sdk/canonical-json'
import { Receipt, SandboxView, Snapshot } from '@stuntdouble/sdk/wire'

const letters = '0123456789abcdefghjkmnpqrstvwxyz'
const sampleId = (prefix: string) =>
  prefix + Array.from({ length: 12 }, () => letters[randomInt(letters.length)]).join('')

export const minutesFromNow = (minutes: number) =>
  new Date(Date.now() + minutes * 60_000).toISOString()

const shopSnapshot = sampleId('sn')

export function sampleSandbox(): SandboxView {
  return SandboxView.parse({
    id: sampleId('sb'),
    state: 'ready',
    createdAt: minutesFromNow(-8),
    expiresAt: minutesFromNow(37),
    idleAt: minutesFromNow(13),
    endedAt: null,
    endReason: null,
    snapshot: shopSnapshot,
    databases: {
      db: {
        url: 'postgres://sandbox:hunter2hunter2@db:5432/shop',
        snapshot: shopSnapshot,
        source: 'shop',
      },
    },
    image: 'stuntdouble/workspace',
    problem: null,
    clean: null,
  })
}

export function sampleSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return Snapshot.parse({
    id: shopSnapshot,
    source: 'shop',
    kind: 'postgres',
    state: 'sealed',
    version: 16,
    image: 'stuntdouble/postgres:16',
    database: 'shop',
    rows: 204_318,
    tables: 14,
    masked: 31,
    sizeBytes: 187_400_000,
    findings: [],
    startedAt: minutesFromNow(-122),
    sealedAt: minutesFromNow(-121),
    ...changes,
  })
}

export function sampleReceipt(sandbox: SandboxView, doubts: readonly string[]): Receipt {
  const clean = doubts.length === 0
  const item = (kind: string, name: string, after = 'absent') => ({
    kind,
    name: `${sandbox.id}-${name}`,
    id: sampleId('f0') + sampleId('9c'),
    after,
  })
  return signed({
    id: sandbox.id,
    clean,
    reason: 'down',
    createdAt: sandbox.createdAt,
    endedAt: new Date().toISOString(),
    inventory: [
      item('container', 'gate'),
      item('container', 'db'),
      item('container', 'workspace'),
      item('volume', 'db-clone', clean ? 'absent' : 'unknown'),
      item('socket', 'in.sock'),
      item('capability', 'handover'),
    ],
    doubts,
    installation: 'preview',
  })
}

const keys = generateKeyPairSync('ed25519')

function signed(statement: Record<string, unknown>): Receipt {
  const value = sign(null, Buffer.from(canonicalJson(statement)), keys.privateKey)
  return Receipt.parse({
    ...statement,
    signature: {
      algorithm: 'ed25519',
      keyId: 'k7f3a90c2',
      publicKey: keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64url'),
      value: value.toString('base64url'),
    },
  })
}

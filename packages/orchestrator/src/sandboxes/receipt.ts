import { canonicalJson } from '@stuntdouble/sdk/canonical-json'
import type { InventoryItem, Receipt } from '@stuntdouble/sdk/wire'
import type { BlindSpot, Resource } from '../engine/engine.ts'
import type { Signer } from '../installation/installation.ts'
import { type DiskUse, diskView } from './disk-bound.ts'
import type { Sandbox } from './sandbox.ts'

/** What was looked for at the end, and what was found. */
export interface Evidence {
  /** Everything that was ever seen of the sandbox. */
  readonly before: readonly Resource[]
  /** What the engine shows now; null when it could not be asked. */
  readonly after: readonly Resource[] | null
  /** Hand-over capabilities that were issued, and those that still open anything. */
  readonly capabilities: readonly { readonly id: string; readonly open: boolean }[]
  /** What the engine’s machine does not show. */
  readonly blindSpots?: readonly BlindSpot[]
  /** When its volumes were last measured. */
  readonly disk?: DiskUse | undefined
}

/** A sandbox that left anything, or of which something could not be looked for, is not clean. */
export function writeReceipt(
  sandbox: Sandbox,
  evidence: Evidence,
  by: { readonly installation: string; readonly signer: Signer; readonly now: number },
): Receipt {
  const inventory = [...inventoryOf(evidence), ...capabilitiesOf(evidence)]
  const body = {
    id: sandbox.id,
    clean: inventory.every((item) => item.after === 'absent'),
    reason: sandbox.endReason ?? 'died',
    createdAt: new Date(sandbox.createdAt).toISOString(),
    endedAt: new Date(by.now).toISOString(),
    inventory,
    disk: diskView(sandbox.blueprint, evidence.disk),
    ...(evidence.blindSpots?.length && { blindSpots: [...evidence.blindSpots] }),
    doubts: doubts(inventory),
    installation: by.installation,
  }
  const { keyId, publicKey } = by.signer
  const value = by.signer.sign(Buffer.from(canonicalJson(body)))
  return { ...body, signature: { algorithm: 'ed25519', keyId, publicKey, value } }
}

const keyOf = ({ kind, id }: Resource) => `${kind} ${id}`

function inventoryOf({ before, after }: Evidence): InventoryItem[] {
  const present = new Set(after?.map(keyOf))
  const known = new Set(before.map(keyOf))
  const late = (after ?? []).filter((resource) => !known.has(keyOf(resource)))
  return [...before, ...late].map((resource) => ({
    ...resource,
    after: after === null ? 'unknown' : present.has(keyOf(resource)) ? 'present' : 'absent',
  }))
}

function capabilitiesOf({ capabilities }: Evidence): InventoryItem[] {
  return capabilities.map(({ id, open }) => ({
    kind: 'capability',
    id,
    name: 'hand-over',
    after: open ? 'present' : 'absent',
  }))
}

function doubts(inventory: readonly InventoryItem[]): string[] {
  return inventory
    .filter((item) => item.after !== 'absent')
    .map(({ kind, name, after }) =>
      after === 'present'
        ? `${kind} ${name} is still there`
        : `${kind} ${name} could not be looked for`,
    )
}

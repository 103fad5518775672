import type { InventoryItem, Receipt } from '@stuntdouble/sdk/wire'
import { endReasonWords } from '../format/end-reason.ts'
import { harmless } from '../format/harmless.ts'
import { plural } from '../format/quantity.ts'
import { formatDate } from '../format/time.ts'
import { CopyButton } from './copy-button.tsx'
import { SignatureCheck } from './signature-check.tsx'
import { type Column, Table } from './table.tsx'

const afterwards = {
  absent: <span class="good-text">gone</span>,
  present: <span class="badge bad">Still there</span>,
  unknown: <span class="badge warn">Unknown</span>,
} as const

const columns: readonly Column<InventoryItem>[] = [
  { title: 'Kind', cell: ({ kind }) => kind },
  { title: 'Name', cell: ({ name }) => harmless(name), kind: 'code' },
  {
    title: 'Id',
    cell: ({ id }) => <span title={id}>{harmless(id).slice(0, 19)}</span>,
    kind: 'code',
  },
  { title: 'Afterwards', cell: ({ after }) => afterwards[after] },
]

/** What is left, first; then what that rests on. */
export function ReceiptView({ receipt }: { receipt: Receipt }) {
  return (
    <div class="receipt">
      <Verdict receipt={receipt} />
      {receipt.doubts.length > 0 && (
        <ul class="doubts" aria-label="What could not be shown">
          {receipt.doubts.map((doubt) => (
            <li key={doubt}>{harmless(doubt)}</li>
          ))}
        </ul>
      )}
      {receipt.blindSpots?.map(({ kind, reason }) => (
        <p key={kind}>Not looked for: {harmless(reason)}</p>
      ))}
      <Table
        label="Inventory"
        columns={columns}
        rows={receipt.inventory}
        keyOf={({ kind, id }) => `${kind} ${id}`}
      />
      <Signature receipt={receipt} />
    </div>
  )
}

function Verdict({ receipt: { clean, inventory } }: { receipt: Receipt }) {
  const left = inventory.filter(({ after }) => after !== 'absent').length
  return (
    <p class={`verdict ${clean ? 'good' : 'bad'}`}>
      <strong class="verdict-word">{clean ? 'Clean.' : 'Not clean.'}</strong>{' '}
      {clean
        ? `Nothing is left: all ${plural(inventory.length, 'resource')} were looked for and not found.`
        : `${left > 0 ? `${plural(left, 'resource')} of ${inventory.length} could not be shown to be gone.` : 'It could not be shown that nothing is left.'}`}
    </p>
  )
}

function Signature({ receipt }: { receipt: Receipt }) {
  return (
    <dl class="facts">
      <dt>Why</dt>
      <dd>{endReasonWords(receipt.reason)}</dd>
      <dt>Ended</dt>
      <dd>{formatDate(receipt.endedAt)}</dd>
      <dt>Signed by</dt>
      <dd>
        key <code>{harmless(receipt.signature.keyId)}</code> ({receipt.signature.algorithm})
      </dd>
      <dt>Signature</dt>
      <dd>
        <SignatureCheck receipt={receipt} />
      </dd>
      <dt>Receipt</dt>
      <dd>
        <CopyButton value={JSON.stringify(receipt, undefined, 2)} label="the receipt as JSON" />
      </dd>
    </dl>
  )
}

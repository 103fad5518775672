import { verifyReceipt } from '@stuntdouble/sdk/client'
import type { Receipt } from '@stuntdouble/sdk/wire'
import { useEffect, useState } from 'preact/hooks'

type Verdict = 'checking' | 'valid' | 'invalid' | 'unable'

const verdicts = {
  checking: <span class="quiet">Checking…</span>,
  valid: <span class="good-text">Unchanged since it was signed, as this browser checked</span>,
  invalid: <span class="badge bad">Does not match the receipt</span>,
  unable: <span class="quiet">Not checked: this browser cannot</span>,
} as const

/** Whether the receipt still says what was signed. Checked here, so that the page need not be believed. */
export function SignatureCheck({ receipt }: { receipt: Receipt }) {
  const [verdict, setVerdict] = useState<Verdict>('checking')
  useEffect(() => {
    void check(receipt).then(setVerdict)
  }, [receipt])
  return verdicts[verdict]
}

async function check(receipt: Receipt): Promise<Verdict> {
  if (!(await canVerify())) return 'unable'
  return (await verifyReceipt(receipt)) ? 'valid' : 'invalid'
}

/** Without TLS or localhost there is no `subtle`, and older browsers know no Ed25519. */
async function canVerify(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    return true
  } catch {
    return false
  }
}

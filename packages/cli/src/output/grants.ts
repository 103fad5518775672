import type { EgressGrant } from '@stuntdouble/sdk/wire'
import { printable } from './printable.ts'

/** What a sandbox may reach outside: a line for each thing asked for, and whose rule allows it. */
export function grants(egress: readonly EgressGrant[]): string[] {
  const perAsk = Map.groupBy(egress, ({ asked, by }) => `${asked}\0${by}`)
  return [...perAsk.values()].map((same) => {
    const { asked = '', by = '' } = same[0] ?? {}
    const what = same.map(placeOf).join(', ')
    return printable(`${asked === by ? asked : `${asked} (by the rule ${by})`}: ${what}`)
  })
}

function placeOf({ scheme, host, ports, methods, paths }: EgressGrant): string {
  const usual = scheme === 'https' ? 443 : 80
  const port = ports.length === 1 && ports[0] === usual ? '' : `:${ports.join(',')}`
  return [`${scheme}://${host}${port}`, ...(methods ?? []), ...(paths ?? [])].join(' ')
}

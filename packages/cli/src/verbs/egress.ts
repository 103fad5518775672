import type { AddVerb } from '../call.ts'
import { addEgressTest } from './egress-test.ts'

export const addEgress: AddVerb = (parent, act) => {
  const egress = parent.command('egress').description('what a sandbox may reach outside')
  addEgressTest(egress, act)
}

import type { AddVerb } from '../call.ts'
import { addPoolDrain } from './pool-drain.ts'
import { addPoolLs } from './pool-ls.ts'

export const addPool: AddVerb = (parent, act) => {
  const pool = parent
    .command('pool')
    .description('sandboxes that are kept ready for the blueprints that are asked for')
  for (const add of [addPoolLs, addPoolDrain]) add(pool, act)
}

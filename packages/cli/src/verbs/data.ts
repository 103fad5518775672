import type { AddVerb } from '../call.ts'
import { addDataPlan } from './data-plan.ts'
import { addDataReview } from './data-review.ts'

export const addData: AddVerb = (parent, act) => {
  const data = parent
    .command('data')
    .description('which rows of a source are copied, and what happens to each column')
  for (const add of [addDataReview, addDataPlan]) add(data, act)
}

import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { describePlan } from '../output/plan-text.ts'
import { openStatus } from '../output/status.ts'
import { sourceNamed } from '../sandboxes/find-source.ts'

interface Options {
  readonly source?: string
}

const example = `
A part of a source is asked for in stuntdouble.yaml:

  sources:
    shop:
      kind: postgres
      url: "\${env:SHOP_URL}"
      policy: ./masking.yaml
      subset:
        roots:
          public.customer: { where: "country = 'DE'", limit: 1000 }
        follow: { depth: 3, perParent: 50 }
        whole: [public.plan]
        empty: [public.audit_log]

docs/subsetting.md says what each of them does.
`

export const addDataPlan: AddVerb = (parent, act) =>
  parent
    .command('plan')
    .description('show which rows a build would copy, and why; copies nothing')
    .option('--source <source>', 'a source of stuntdouble.yaml; the only one by default')
    .addHelpText('after', example)
    .action(act(plan))

async function plan(call: Call<Options>) {
  const { context, options } = call
  const control = await call.control({ config: true })
  const source = await sourceNamed(control, options.source)
  const result = await interruptible(context, async (signal) => {
    using status = openStatus(context)
    status.show({ phase: 'plan', message: `Looking at ${source}` })
    return await control.plan(source, { signal, onProgress: status.show.bind(status) })
  })
  call.print(result, describePlan(result))
}

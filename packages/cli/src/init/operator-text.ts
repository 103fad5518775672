import { type PlannedDatabase, policyOf, variableOf } from './databases.ts'
import { remark } from './remark.ts'
import { comment, file, scalar } from './yaml-text.ts'

/** A stuntdouble.yaml. No URL and no password of the repository’s is in it: those are of development. */
export const operatorText = (databases: readonly PlannedDatabase[]) =>
  file(
    comment([
      'Proposed by `sandbox init`. This is the operator’s file: it stays on this machine, and goes into no',
      'sandbox. Set each variable to the URL of the production store, with a role that may only read.',
    ]),
    ['sources:', ...databases.flatMap((database) => source(database, databases))],
  )

function source(database: PlannedDatabase, all: readonly PlannedDatabase[]): string[] {
  const { source, kind, found } = database
  return [
    `  # for ${remark(found.service)} of ${remark(found.path)}, which runs ${remark(found.image)} there`,
    `  ${scalar(source)}:`,
    `    kind: ${kind}`,
    `    url: "\${env:${variableOf(source)}}"`,
    ...(kind === 'redis'
      ? [
          `    stance: empty    # or \`policy: ./masking-${source}.yaml\`, to have what is in it, masked`,
        ]
      : [`    policy: ${policyOf(database, all)}    # \`sandbox data review\` writes it`]),
  ]
}

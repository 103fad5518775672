import { fingerprint } from '../../fingerprint.ts'
import type { SchemaScript } from '../../sources.ts'
import type { Catalog } from '../catalog.ts'
import type { Grants } from '../grants.ts'
import type { Inspected } from '../inspect.ts'
import type { Relations } from '../relations.ts'
import { findForeignTargets, writeForeignKeys } from './foreign-keys.ts'
import { writeKeys } from './keys.ts'
import { findElsewhere, findKindsLeftOut, findSettings } from './left-out.ts'
import { writeRoutines } from './routines.ts'
import { fitSequences, writeSequences } from './sequences.ts'
import { tableChecks } from './table-checks.ts'
import { writeTables } from './tables.ts'
import { findUnseenTriggers, writeTriggers } from './triggers.ts'
import { writeViews } from './views.ts'

export interface SchemaRequest {
  /** The source’s name, for messages. */
  readonly source: string
  readonly catalog: Catalog
  readonly grants: Grants
  readonly relations: Relations
  readonly inspected: Inspected
  /** Whether sequences go on where the source’s stand. */
  readonly exactSequences: boolean
}

/** Writes the schema anew from the catalog: what we do not know by kind cannot come along. */
export async function readSchema(request: SchemaRequest): Promise<SchemaScript> {
  const routines = await writeRoutines(request)
  const views = await writeViews(request)
  return {
    beforeData: [...(await writeSequences(request)), ...writeTables(request)],
    afterData: [
      ...writeKeys(request),
      ...writeForeignKeys(request),
      ...fitSequences(request),
      ...routines.statements,
      ...views.statements,
      ...(await writeTriggers(request)),
    ],
    findings: [
      ...findElsewhere(request),
      ...findForeignTargets(request),
      ...routines.findings,
      ...views.findings,
      ...findUnseenTriggers(request),
      ...(await findKindsLeftOut(request)),
      ...(await findSettings(request)),
    ],
    fingerprint: fingerprint(request.inspected.shapes),
    // The server keeps no record of a foreign key it did not check: each is checked in the copy.
    unvalidatedForeignKeys: [],
    checks: tableChecks(request),
  }
}

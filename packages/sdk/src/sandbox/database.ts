import { SandboxError } from '../errors.ts'
import type { DatabaseView, LocalDatabase } from '../wire/sandbox.ts'

/** One database of a sandbox. */
export interface SandboxDatabase extends DatabaseView {
  readonly name: string
  /** An address on the orchestrator’s machine, open until the sandbox ends. Needs the API key. */
  local(): Promise<LocalDatabase>
}

/** The first of the blueprint. */
export function firstDatabase(
  databases: Readonly<Record<string, DatabaseView>>,
  open: (name: string) => Promise<LocalDatabase>,
): SandboxDatabase {
  const [first] = Object.entries(databases)
  if (!first) throw noDatabase()
  const [name, view] = first
  return { ...view, name, local: () => open(name) }
}

const noDatabase = () =>
  new SandboxError('database_not_found', 'This sandbox has no database.', {
    hint: 'Name one under `data:` in its blueprint.',
  })

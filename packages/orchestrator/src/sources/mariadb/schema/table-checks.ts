import type { TableCheck } from '../../sources.ts'
import { namesIn } from '../names-in.ts'
import type { SchemaRequest } from './schema-script.ts'

/** Every check of a table and of its columns, with the columns that it looks at. */
export const tableChecks = ({ inspected }: SchemaRequest): TableCheck[] =>
  inspected.shapes.flatMap(({ schema, name, columns }) =>
    (inspected.checks.get(name) ?? []).map((check) => ({
      table: { schema, name },
      name: check.name,
      columns: namesIn(
        check.clause,
        columns.map((column) => column.name),
      ),
      expression: check.clause,
    })),
  )

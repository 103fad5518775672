/** Runs a query on the source’s snapshot. */
export interface Catalog {
  /** The one that is copied. */
  readonly database: string
  rows<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

/** A column as information_schema has it; every value is text. */
export interface ColumnRow {
  readonly table: string
  readonly name: string
  readonly dataType: string
  /** With its length, sign and labels. */
  readonly type: string
  readonly nullable: 'YES' | 'NO'
  /** An expression of SQL. */
  readonly preset: string | null
  readonly extra: string
  readonly generation: string | null
  readonly charset: string | null
  readonly collation: string | null
  readonly maxLength: string | null
}

export const readColumns = (catalog: Catalog): Promise<ColumnRow[]> =>
  catalog.rows<ColumnRow>(
    `SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS name, DATA_TYPE AS dataType, COLUMN_TYPE AS type,
            IS_NULLABLE AS nullable, COLUMN_DEFAULT AS preset, EXTRA AS extra,
            GENERATION_EXPRESSION AS generation, CHARACTER_SET_NAME AS charset,
            COLLATION_NAME AS collation, CHARACTER_MAXIMUM_LENGTH AS maxLength
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    [catalog.database],
  )

/** A column's part in a key. */
export interface KeyRow {
  readonly table: string
  readonly key: string
  readonly column: string
  readonly unique: '0' | '1'
  /** How much of it is indexed; null for all. */
  readonly part: string | null
  readonly method: string
  readonly direction: 'A' | 'D' | null
}

/** In the order in which the table has them, which is the server’s own: it decides between equals. */
export const readKeys = (catalog: Catalog, tables: readonly string[]) =>
  ofEach(tables, (table) =>
    catalog.rows<KeyRow>(
      `SELECT TABLE_NAME AS \`table\`, INDEX_NAME AS \`key\`, COLUMN_NAME AS \`column\`,
              NON_UNIQUE = 0 AS \`unique\`, SUB_PART AS part, INDEX_TYPE AS method, COLLATION AS direction
         FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
      [catalog.database, table],
    ),
  )

export interface ForeignKeyRow {
  readonly table: string
  readonly key: string
  readonly column: string
  readonly targetDatabase: string
  readonly target: string
  readonly targetColumn: string
  readonly onUpdate: string
  readonly onDelete: string
}

export const readForeignKeys = (catalog: Catalog, tables: readonly string[]) =>
  ofEach(tables, (table) =>
    catalog.rows<ForeignKeyRow>(
      `SELECT u.TABLE_NAME AS \`table\`, u.CONSTRAINT_NAME AS \`key\`, u.COLUMN_NAME AS \`column\`,
              u.REFERENCED_TABLE_SCHEMA AS targetDatabase, u.REFERENCED_TABLE_NAME AS target,
              u.REFERENCED_COLUMN_NAME AS targetColumn, r.UPDATE_RULE AS onUpdate, r.DELETE_RULE AS onDelete
         FROM information_schema.KEY_COLUMN_USAGE u JOIN information_schema.REFERENTIAL_CONSTRAINTS r
           ON r.CONSTRAINT_SCHEMA = ? AND r.TABLE_NAME = ? AND r.CONSTRAINT_NAME = u.CONSTRAINT_NAME
        WHERE u.TABLE_SCHEMA = ? AND u.TABLE_NAME = ? AND u.REFERENCED_TABLE_NAME IS NOT NULL
        ORDER BY u.CONSTRAINT_NAME, u.ORDINAL_POSITION`,
      [catalog.database, table, catalog.database, table],
    ),
  )

export interface TableRow {
  readonly table: string
  readonly estimate: string | null
  readonly collation: string | null
  readonly options: string
  /** Where an AUTO_INCREMENT column goes on. */
  readonly next: string | null
}

export const readTables = (catalog: Catalog, tables: readonly string[]) =>
  ofEach(tables, (table) =>
    catalog.rows<TableRow>(
      `SELECT TABLE_NAME AS \`table\`, TABLE_ROWS AS estimate, TABLE_COLLATION AS collation,
              CREATE_OPTIONS AS options, AUTO_INCREMENT AS next
         FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
      [catalog.database, table],
    ),
  )

/**
 * Asked of a whole database, the server opens every table in it, and one whose rows are elsewhere
 * dials there with the password that production keeps. Asked by name it opens that one.
 */
export async function ofEach<Row>(
  tables: readonly string[],
  read: (table: string) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const table of tables) rows.push(...(await read(table)))
  return rows
}

export interface CheckRow {
  readonly table: string
  readonly name: string
  /** One of a column bears the column’s name. */
  readonly level: string
  readonly clause: string
}

export const readChecks = (catalog: Catalog): Promise<CheckRow[]> =>
  catalog.rows<CheckRow>(
    `SELECT TABLE_NAME AS \`table\`, CONSTRAINT_NAME AS name, LEVEL AS level, CHECK_CLAUSE AS clause
       FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?
      ORDER BY TABLE_NAME, CONSTRAINT_NAME`,
    [catalog.database],
  )

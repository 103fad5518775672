import { quoteLiteral } from '../identifiers.ts'
import { qualified } from './qualified.ts'
import {
  type Collector,
  type LeftOut,
  ownedByUser,
  ranks,
  type SchemaObject,
} from './schema-object.ts'

interface FunctionRow {
  readonly oid: number
  readonly name: string
  readonly language: string
  readonly definition: string | null
  readonly leakproof: boolean
}

/**
 * Functions and procedures in SQL and PL/pgSQL. A range type’s constructors come with the type.
 * Other languages run outside the database’s rules and stay behind.
 */
export const collectFunctions: Collector = async (catalog) => {
  const rows = await catalog.rows<FunctionRow>(
    `SELECT p.oid, p.oid::regprocedure::text AS name, l.lanname AS language, p.proleakproof AS leakproof,
            CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN pg_get_functiondef(p.oid) END AS definition
       FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
      WHERE p.pronamespace = ANY($1) AND p.prokind <> 'a' AND ${ownedByUser('pg_proc', 'p.oid')}
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                           AND d.objid = p.oid AND d.deptype = 'i')
      ORDER BY p.oid`,
    [catalog.schemas],
  )
  return {
    objects: rows.filter(({ definition }) => definition !== null).map(functionObject),
    leftOut: rows.filter(({ definition }) => definition === null).map(foreignLanguage),
  }
}

function functionObject(row: FunctionRow): SchemaObject {
  return {
    key: `pg_proc:${row.oid}`,
    rank: ranks.function,
    what: `function ${row.name}`,
    sql: [row.leakproof ? withoutLeakproof(row.definition ?? '') : (row.definition ?? '')],
  }
}

/** Only a superuser may promise LEAKPROOF. It stands on the line of attributes before the body. */
const withoutLeakproof = (definition: string) =>
  definition.replace(/^( [A-Z ]*?) ?LEAKPROOF\b/m, '$1')

const foreignLanguage = ({ oid, name, language }: FunctionRow): LeftOut => ({
  key: `pg_proc:${oid}`,
  what: `function ${name}`,
  why: `is written in ${language}; a sandbox runs sql and plpgsql`,
})

interface AggregateRow {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly arguments: string
  readonly options: readonly (readonly [name: string, value: string | null])[]
  readonly hypothetical: boolean
  readonly initial: string | null
  readonly movingInitial: string | null
}

const regproc = (column: string) => `CASE WHEN a.${column} <> 0 THEN a.${column}::regproc::text END`
const modify = (column: string) =>
  `CASE a.${column} WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END`

export const collectAggregates: Collector = async (catalog) => {
  const rows = await catalog.rows<AggregateRow>(
    `SELECT p.oid, n.nspname AS schema, p.proname AS name, a.aggkind = 'h' AS hypothetical,
            pg_get_function_arguments(p.oid) AS arguments, a.agginitval AS initial, a.aggminitval AS "movingInitial",
            json_build_array(
              json_build_array('SFUNC', ${regproc('aggtransfn')}),
              json_build_array('STYPE', format_type(a.aggtranstype, NULL)),
              json_build_array('SSPACE', nullif(a.aggtransspace, 0)::text),
              json_build_array('FINALFUNC', ${regproc('aggfinalfn')}),
              json_build_array('FINALFUNC_MODIFY', CASE WHEN a.aggfinalfn <> 0 THEN ${modify('aggfinalmodify')} END),
              json_build_array('COMBINEFUNC', ${regproc('aggcombinefn')}),
              json_build_array('MSFUNC', ${regproc('aggmtransfn')}),
              json_build_array('MINVFUNC', ${regproc('aggminvtransfn')}),
              json_build_array('MSTYPE', CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END),
              json_build_array('MFINALFUNC', ${regproc('aggmfinalfn')}),
              json_build_array('PARALLEL', CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END)
            ) AS options
       FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.pronamespace = ANY($1) AND ${ownedByUser('pg_proc', 'p.oid')} ORDER BY p.oid`,
    [catalog.schemas],
  )
  return { objects: rows.map(aggregateObject) }
}

function aggregateObject(row: AggregateRow): SchemaObject {
  const options = row.options.filter(([, value]) => value !== null).map((pair) => pair.join(' = '))
  if (row.initial !== null) options.push(`INITCOND = ${quoteLiteral(row.initial)}`)
  if (row.movingInitial !== null) options.push(`MINITCOND = ${quoteLiteral(row.movingInitial)}`)
  if (row.hypothetical) options.push('HYPOTHETICAL')
  return {
    key: `pg_proc:${row.oid}`,
    rank: ranks.aggregate,
    what: `aggregate ${row.schema}.${row.name}`,
    sql: [`CREATE AGGREGATE ${qualified(row)} (${row.arguments || '*'}) (${options.join(', ')})`],
  }
}

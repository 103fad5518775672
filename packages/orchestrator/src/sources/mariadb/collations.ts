import type { Collation } from '../../masking/masking.ts'
import type { Catalog, ColumnRow } from './catalog.ts'
import { characterOf, countsOf, type Weighed, type WeighedPair } from './collation-weights.ts'
import { quoteIdentifier } from './identifiers.ts'

interface CharacterRow extends Weighed {
  readonly fits: '0' | '1'
}

/**
 * By name. Asks the server itself what it holds for equal: no other table of its collations is right for all of
 * their five hundred. A tenth of a second each.
 */
export async function readCollations(
  catalog: Catalog,
  columns: readonly ColumnRow[],
): Promise<ReadonlyMap<string, Collation>> {
  const known = new Map<string, Collation>()
  for (const { charset, collation } of columns) {
    if (charset === null || collation === null || known.has(collation)) continue
    known.set(collation, await readCollation(catalog, { charset, collation }))
  }
  return new Map([...known].filter(([, collation]) => !isNothing(collation)))
}

const isNothing = ({ counts, padded, blurred, repertoire }: Collation) =>
  counts.size === 0 && !padded && !blurred && repertoire === undefined

interface Named {
  readonly charset: string
  readonly collation: string
}

const unicode = /^(?:utf8|utf8mb3|utf8mb4|utf16|utf16le|utf32|ucs2)$/

async function readCollation(catalog: Catalog, named: Named): Promise<Collation> {
  const padded = !/_nopad_|^binary$/.test(named.collation)
  const everything = unicode.test(named.charset)
  const bytewise = /_bin$/.test(named.collation)
  if (everything && bytewise) return { counts: new Map(), padded, blurred: false }
  const rows = await catalog.rows<CharacterRow>(charactersSql(named))
  const pairs = bytewise ? [] : await catalog.rows<WeighedPair>(pairsSql(named))
  const fitting = rows.filter(({ fits }) => fits === '1')
  return {
    counts: bytewise ? new Map() : countsOf(fitting, pairs),
    padded,
    blurred: !bytewise && everything && (await isBlurred(catalog, named)),
    ...(!everything && {
      repertoire: new Set(fitting.map(({ code }) => characterOf(code)).filter(isBeyondAscii)),
    }),
  }
}

const isBeyondAscii = (character: string) => character > '\x7f'

const digits = Array.from({ length: 16 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ')
const codes = `SELECT a.d * 4096 + b.d * 256 + c.d * 16 + e.d AS code
  FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) e`

/** Every character up to U+FFFF. The rest of Unicode is one or itself. */
const charactersSql = ({ charset, collation }: Named) => {
  const plain = 'CHAR(code USING utf32)'
  const here = `CONVERT(${plain} USING ${quoteIdentifier(charset)})`
  return `SELECT code, HEX(WEIGHT_STRING(${here} COLLATE ${quoteIdentifier(collation)})) AS weight,
      HEX(CONVERT(${here} USING utf32)) = HEX(${plain}) AS fits
    FROM (${codes}) AS every WHERE code NOT BETWEEN 55296 AND 57343`
}

/** Every two letters: `aa` is `å` to a Dane. */
const pairsSql = ({ charset, collation }: Named) => `
  SELECT pair, HEX(WEIGHT_STRING(CONVERT(pair USING ${quoteIdentifier(charset)}) COLLATE ${quoteIdentifier(collation)})) AS weight
    FROM (SELECT CONCAT(one.c, other.c) AS pair FROM (${letters}) AS one, (${letters}) AS other) AS every`

const letters = [...'abcdefghijklmnopqrstuvwxyz']
  .map((letter) => `SELECT '${letter}' AS c`)
  .join(' UNION ALL ')

async function isBlurred({ rows }: Catalog, { charset, collation }: Named): Promise<boolean> {
  if (charset === 'utf8' || charset === 'utf8mb3' || charset === 'ucs2') return false
  const weight = (code: number) =>
    `WEIGHT_STRING(CONVERT(CHAR(${code} USING utf32) USING ${quoteIdentifier(charset)}) COLLATE ${quoteIdentifier(collation)})`
  const [row] = await rows<{ same: string }>(
    `SELECT ${weight(0x1f600)} = ${weight(0x20000)} AS same`,
  )
  return row?.same === '1'
}

import { elementType } from '../column-kind.ts'
import type { Collation, ColumnShape, TableRef, TableShape } from '../shapes.ts'
import { tableKey } from './names.ts'

export interface Member {
  readonly table: TableRef
  readonly column: string
  /** Undefined for a table that has no rows of its own, such as a partitioned one. */
  readonly shape: ColumnShape | undefined
  /** Part of a primary key or unique index. */
  readonly unique: boolean
  /** Compared without regard to case: citext, or under an index over lower(…). */
  readonly caseless: boolean
}

/** Characters that fit into every one of them, or into each of their elements. */
export function lengthOf(members: readonly Member[]): number {
  const lengths = members.map(({ shape }) => shape?.element?.maxLength ?? shape?.maxLength)
  return Math.min(...lengths.map((length) => length ?? Infinity))
}

/**
 * How they are compared, each way once. Of a column that neither a key nor another column is compared
 * with, only what it can hold is left.
 */
export function collationsOf(members: readonly Member[]): readonly Collation[] {
  const all = [...new Set(members.flatMap(({ shape }) => shape?.collation ?? []))]
  if (members.length > 1 || members.some(({ shape }) => shape?.keyed)) return all
  return all.flatMap(({ repertoire }) => (repertoire ? [{ ...bytewise, repertoire }] : []))
}

const bytewise: Collation = { counts: new Map(), padded: false, blurred: false }

/** Columns that foreign keys join, directly or through others; a column on its own is a class of one. */
export interface Closure {
  classOf(table: TableRef, column: string): readonly Member[]
}

export function closureOf(shapes: readonly TableShape[]): Closure {
  const known = closures.get(shapes) ?? makeClosure(shapes)
  closures.set(shapes, known)
  return known
}

/** Every table of a source asks anew, with the same list. */
const closures = new WeakMap<readonly TableShape[], Closure>()

function makeClosure(shapes: readonly TableShape[]): Closure {
  const parents = new Map<string, string>()
  const members = new Map<string, Member>()
  const add = (member: Member) => {
    const id = columnId(member.table, member.column)
    if (!members.has(id)) members.set(id, member)
    return id
  }
  for (const table of shapes)
    for (const shape of table.columns)
      add({
        ...{ table, column: shape.name, shape, unique: isUnique(table, shape.name) },
        caseless: isCaseless(table, shape),
      })
  for (const { from, to } of joins(shapes)) {
    const target = add({ ...to, shape: undefined, unique: true, caseless: false })
    parents.set(rootOf(parents, columnId(from.table, from.column)), rootOf(parents, target))
  }
  const classes = Map.groupBy(members.keys(), (id) => rootOf(parents, id))
  return {
    classOf: (table, column) => {
      const ids = classes.get(rootOf(parents, columnId(table, column))) ?? []
      return ids.map((id) => members.get(id) as Member)
    },
  }
}

interface End {
  readonly table: TableRef
  readonly column: string
}

/** Every pair of columns that a foreign key joins: the referring one and the one referred to. */
export function* joins(shapes: readonly TableShape[]): Generator<{ from: End; to: End }> {
  for (const table of shapes)
    for (const key of table.foreignKeys)
      for (const [index, column] of key.columns.entries())
        yield {
          from: { table, column },
          to: { table: key.target, column: key.targetColumns[index] ?? column },
        }
}

export function isUnique(table: TableShape, column: string): boolean {
  const ruled = table.rules?.some(({ equal }) => equal.some((each) => each.column === column))
  return ruled === true || table.uniques.some((columns) => columns.includes(column))
}

function isCaseless({ rules = [] }: TableShape, shape: ColumnShape): boolean {
  if (elementType(shape) === 'citext') return true
  return rules.some(({ equal }) => equal.some((each) => each.column === shape.name && each.folded))
}

function rootOf(parents: Map<string, string>, id: string): string {
  let root = id
  let parent = parents.get(root)
  while (parent !== undefined && parent !== root) {
    root = parent
    parent = parents.get(root)
  }
  return root
}

function columnId(table: TableRef, column: string): string {
  return JSON.stringify([tableKey(table), column])
}

import { quoteTable } from '../identifiers.ts'

/** `"schema"."name"` of a catalog row. */
export const qualified = (row: { readonly schema: string; readonly name: string }) =>
  quoteTable(row)

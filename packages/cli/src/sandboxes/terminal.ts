import type { Context } from '../context.ts'

/** Ours, within what the wire allows; that of a teletype where there is none. */
export const terminalSize = ({ stdout }: Context) => ({
  cols: Math.min(1000, stdout.columns || 80),
  rows: Math.min(1000, stdout.rows || 24),
})

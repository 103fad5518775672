/**
 * What a page may do with a sandbox, by what every browser has. A connection with the address of a
 * hand-over is enough; with that of a sandbox, where the browser holds its cookie.
 */

export * from './door/files.ts'
export { listPorts } from './door/ports.ts'
export { queryDatabase } from './door/queries.ts'
export { welcome } from './door/welcome.ts'
export { Pty, type Terminal, type TerminalOptions } from './pty/pty.ts'

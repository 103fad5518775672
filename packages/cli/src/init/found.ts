import type { InitFinding, ServerKind } from '@stuntdouble/sdk/wire'

/** A database that a compose file runs. The names are the repository’s own, as written. */
export interface FoundDatabase {
  readonly service: string
  readonly kind: ServerKind
  readonly image: string
  readonly path: string
}

/** What a project needs to be built and run with. */
export type Tool = Extract<InitFinding['kind'], 'node' | 'python' | 'go' | 'ruby'>

/** What one file says. */
export interface Found {
  readonly findings: readonly InitFinding[]
  readonly databases?: readonly FoundDatabase[]
  readonly tool?: Tool
  /** Where something listens in development. */
  readonly ports?: readonly number[]
}

/** Understands one kind of file. Pure: it is given the text, and runs nothing of it. */
export interface FileReader {
  readonly fits: RegExp
  /** May throw whatever a parser throws; the file is then left out, and said to be. */
  read(text: string, path: string): Found
}

import type { Files } from '@stuntdouble/sdk'

export { copyIn } from './copy-in.ts'
export { copyOut } from './copy-out.ts'

export interface CopyRequest {
  readonly files: Files
  readonly cwd: string
  readonly from: string
  /** An existing directory takes the copy in; anything else is the copy’s own name. */
  readonly to: string
}

export interface Copied {
  readonly files: number
  readonly bytes: number
  readonly skipped: readonly { readonly path: string; readonly why: string }[]
}

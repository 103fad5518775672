import type { ErrorCode, SandboxErrorOptions } from '@stuntdouble/sdk/errors'
import type { SharedFingerprints } from '../../fingerprints/fingerprints.ts'
import type { MaskerRequest } from '../../masking/masking.ts'
import type { Announced, AnsweredColumn, Collected } from '../leak-check/collector.ts'
import type { FoundInRows } from '../leak-check/row-search.ts'

/** Bytes with memory of their own, so that they can be handed over instead of copied. */
export type Bytes = Uint8Array<ArrayBuffer>

/** What a thread is told once: how each table is masked. */
export interface TableJob {
  readonly request: MaskerRequest
  readonly columns: readonly AnsweredColumn[]
  readonly announced: Announced
}

/** Tables by their place in what a thread was told. Rows are whole. */
export type Job =
  | { readonly do: 'mask'; readonly table: number; readonly bytes: Bytes }
  | {
      readonly do: 'search rows'
      readonly bytes: Bytes
      readonly values: SharedFingerprints
      readonly columns: readonly AnsweredColumn[]
    }
  | {
      readonly do: 'search bytes'
      readonly bytes: Bytes
      readonly values: SharedFingerprints
      /** Only what begins before it counts. */
      readonly limit: number
    }

export interface MaskedRows {
  readonly bytes: Bytes
  readonly rows: number
  readonly collected: Collected
}

export interface Answers {
  readonly mask: MaskedRows
  readonly 'search rows': FoundInRows
  readonly 'search bytes': Uint32Array<ArrayBuffer>
}

/** An error of ours travels whole; of any other only what it is, for its text may hold a value. */
export type Failure =
  | { readonly code: ErrorCode; readonly message: string; readonly options: SandboxErrorOptions }
  | { readonly name: string }

/** An answer brings the job's memory back. */
export type Reply =
  | { readonly id: number; readonly answer: Answers[keyof Answers]; readonly spent: Bytes }
  | { readonly id: number; readonly failure: Failure }

export interface Asked {
  readonly id: number
  readonly job: SentJob
}

/** What is searched for stays with the thread. */
export type SentJob = { [Do in Job['do']]: Omit<Extract<Job, { do: Do }>, 'values'> }[Job['do']]

export interface Held {
  readonly hold: SharedFingerprints
}

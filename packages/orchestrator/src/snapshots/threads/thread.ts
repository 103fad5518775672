import { parentPort, workerData } from 'node:worker_threads'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { FingerprintSearch } from '../../fingerprints/fingerprints.ts'
import { type CopyMasker, compileMasker } from '../../masking/masking.ts'
import { Collector } from '../leak-check/collector.ts'
import { searchRows } from '../leak-check/row-search.ts'
import type {
  Answers,
  Asked,
  Bytes,
  Failure,
  Held,
  MaskedRows,
  Reply,
  SentJob,
  TableJob,
} from './jobs.ts'

/** What runs in every thread: takes a job, answers it, and holds nothing in between but compiled masks. */
const tables = workerData as readonly TableJob[]
const masks = new Map<number, { readonly masker: CopyMasker; readonly collector: Collector }>()

let search: FingerprintSearch | undefined

parentPort?.on('message', (message: Asked | Held) => {
  if ('hold' in message) search = new FingerprintSearch(message.hold)
  else answer(message)
})

function answer({ id, job }: Asked): void {
  try {
    const answer = answerTo(job)
    send({ id, answer, spent: job.bytes }, [...ownedBy(answer), job.bytes])
  } catch (cause) {
    send({ id, failure: failureOf(cause) }, [])
  }
}

function answerTo(job: SentJob): Answers[keyof Answers] {
  switch (job.do) {
    case 'mask':
      return mask(job.table, job.bytes)
    case 'search rows':
      return searchRows(searching(), job.columns, bufferOf(job.bytes))
    case 'search bytes': {
      const hits: number[] = []
      searching().search(job.bytes, (entry) => hits.push(entry), job.limit)
      return Uint32Array.from(hits)
    }
  }
}

function searching(): FingerprintSearch {
  if (search === undefined) throw new Error('nothing was handed over to be searched for')
  return search
}

function mask(table: number, bytes: Bytes): MaskedRows {
  const { masker, collector } = masks.get(table) ?? compile(table)
  const before = masker.rows
  const masked = masker.push(bufferOf(bytes))
  masker.end()
  return { bytes: masked, rows: masker.rows - before, collected: collector.take() }
}

function compile(table: number) {
  const { request, columns, announced } = tables[table] as TableJob
  const collector = new Collector(columns, announced)
  const masker = compileMasker({
    ...request,
    onMasked: (column, value) => collector.add(column, value),
  })
  const compiled = { masker, collector }
  masks.set(table, compiled)
  return compiled
}

function ownedBy(answer: Answers[keyof Answers]): readonly { readonly buffer: ArrayBuffer }[] {
  if (answer instanceof Uint32Array) return [answer]
  return 'hits' in answer ? [answer.hits] : [answer.bytes, answer.collected.digests]
}

const bufferOf = ({ buffer, byteOffset, length }: Bytes) => Buffer.from(buffer, byteOffset, length)

function send(reply: Reply, handedOver: readonly { readonly buffer: ArrayBuffer }[]): void {
  parentPort?.postMessage(
    reply,
    handedOver.map(({ buffer }) => buffer),
  )
}

function failureOf(cause: unknown): Failure {
  if (!(cause instanceof SandboxError)) return { name: (cause as Error)?.name ?? typeof cause }
  const { code, message, hint, retryable, details } = cause
  return { code, message, options: { hint, retryable, details } }
}

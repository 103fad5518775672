import { harmless } from './harmless.ts'

/** An event’s particulars. Kinds of events come and go, so each is read for what it turns out to be. */
export type EventData = Readonly<Record<string, unknown>>

export function textOf(data: EventData, key: string): string | undefined {
  const value = data[key]
  return typeof value === 'string' && value !== '' ? harmless(value) : undefined
}

export function numberOf(data: EventData, key: string): number | undefined {
  const value = data[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

import type { LoadedSource } from '../config/config.ts'
import type { Source, StoreKind } from '../sources/sources.ts'

/** The one place where a source's secret is taken out of its wrapping. */
export function openSource(
  kind: StoreKind,
  { name, url, schemas, sequences, connections }: LoadedSource,
  signal: AbortSignal,
): Promise<Source> {
  const options = {
    ...(schemas && { schemas }),
    ...(sequences && { sequences }),
    ...(connections && { connections }),
  }
  return kind.open({ name, url: url.reveal(), ...options }, signal)
}

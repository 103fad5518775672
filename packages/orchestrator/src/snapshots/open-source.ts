import type { LoadedSource } from '../config/config.ts'
import type { OpenRequest } from '../sources/sources.ts'

/** The one place where a source's secret is taken out of its wrapping. */
export function openSource<Opened>(
  kind: { open(request: OpenRequest, signal: AbortSignal): Promise<Opened> },
  { name, url, schemas, sequences, connections, most }: LoadedSource,
  signal: AbortSignal,
): Promise<Opened> {
  const options = {
    ...(most && { most }),
    ...(schemas && { schemas }),
    ...(sequences && { sequences }),
    ...(connections && { connections }),
  }
  return kind.open({ name, url: url.reveal(), ...options }, signal)
}

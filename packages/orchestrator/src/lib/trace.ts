/**
 * Where an error came from, without what it says: the words of a database, a file or an engine may
 * hold a value from a source.
 */
export function traceOf(cause: unknown): object {
  if (!(cause instanceof Error)) return { error: typeof cause }
  const { code } = cause as { code?: unknown }
  const at = (cause.stack ?? '').split('\n').filter((line) => /^ +at /.test(line))
  return {
    error: cause.name,
    ...(typeof code === 'string' && { code }),
    at: at.slice(0, 8).map((line) => line.trim()),
    ...(cause.cause !== undefined && { cause: traceOf(cause.cause) }),
  }
}

export type CopyLocation =
  | { readonly at: 'here'; readonly path: string }
  | { readonly at: 'sandbox'; readonly id: string; readonly path: string }

/** `ID:PATH` is in a sandbox; everything else is here. Write `./sb1:x` for a file of such a name. */
export function copyLocation(text: string): CopyLocation {
  const [, id, path] = /^(sb[a-z0-9]*):(.*)$/s.exec(text) ?? []
  return id === undefined ? { at: 'here', path: text } : { at: 'sandbox', id, path: path || '.' }
}

const plainKey = /^[A-Za-z_][\w$-]*$/

/** The path of a member of the object at `path`: `$.items`, or `$["first name"]` where a key is unusual. */
export function memberPath(path: string, key: string): string {
  return plainKey.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

/** `$.a["b.c"][*]` → `$.a["b.c"]` → `$.a` → `$` → undefined */
export function parentOf(path: string): string | undefined {
  const last = /(?:\.[\w$-]+|\[\*\]|\["(?:[^"\\]|\\.)*"\])$/.exec(path)
  return last ? path.slice(0, last.index) : undefined
}

/** Every line a comment; an empty one stays one. */
export const comment = (lines: readonly string[]) =>
  lines.map((line) => (line === '' ? '#' : `# ${line}`))

/** Quoted, where YAML might read it as something other than text. */
export const scalar = (text: string) =>
  /^(?:[a-z][a-z0-9-]*)$/.test(text) && !/^(?:null|true|false|yes|no|on|off|y|n)$/.test(text)
    ? text
    : JSON.stringify(text)

/** Parts of a file with an empty line between each. */
export const file = (...parts: readonly (readonly string[])[]) =>
  `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`

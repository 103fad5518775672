const shownCharacters = 2000

/** A command as events show it: the beginning of its line, or of its words. */
export const commandText = (command: string | readonly string[] | undefined): string =>
  (typeof command === 'string' ? command : (command ?? ['terminal']).join(' ')).slice(
    0,
    shownCharacters,
  )

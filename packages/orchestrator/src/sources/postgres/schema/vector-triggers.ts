/**
 * SQL: whether a trigger of the server’s own keeps a tsvector up with the columns it was made from. It
 * is made before the data, so that the copy’s words come from the copy’s rows. Configurations of the
 * source’s own do not come along.
 */
export const rebuildsVector = (trigger: string) => `(
  ${trigger}.tgfoid = 'pg_catalog.tsvector_update_trigger()'::regprocedure AND ${trigger}.tgenabled IN ('O', 'A')
  AND ${trigger}.tgqual IS NULL AND ${trigger}.tgtype & 7 = 7 AND ${triggerArgument(trigger, 2)} LIKE 'pg\\_catalog.%')`

/** Arguments stand one after the other, each with a zero byte behind it. */
export const triggerArgument = (trigger: string, number: number) =>
  `split_part(encode(${trigger}.tgargs, 'escape'), '\\000', ${number})`

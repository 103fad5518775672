import type { Entry } from '../../sources/sources.ts'

/** Entries under way together: their commands travel together. */
export const atOnce = 64
const smallBytes = 256 * 1024

/** Larger ones go one at a time, so that memory stays bounded. */
export const isSmall = ({ sizeBytes }: Entry) => sizeBytes <= smallBytes

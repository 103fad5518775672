import type { Entry } from '../../sources/sources.ts'

const smallBytes = 256 * 1024

/** Larger ones go one at a time, so that memory stays bounded. */
export const isSmall = ({ sizeBytes }: Entry) => sizeBytes <= smallBytes

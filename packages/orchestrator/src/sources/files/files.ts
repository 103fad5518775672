import { fileNames } from '../../masking/masking.ts'
import type { MountedKind } from '../sources.ts'
import { dataDirectory, imageFor, stagingContainer, stopCommand } from './containers.ts'
import { openSource } from './open.ts'
import { openTarget } from './target.ts'
import { file, program } from './walk.ts'

/** A tree of files on the orchestrator’s machine, such as what users uploaded. */
export const filesKind: MountedKind = {
  ...{ model: 'entries', kind: 'files', superuser: '' },
  names: fileNames,
  types: [file, program],
  parts: 'pieces',
  // They travel in one archive.
  atOnce: 1,
  stopCommand,
  dataDirectory,
  open: openSource,
  imageFor,
  stagingContainer,
  target: openTarget,
}

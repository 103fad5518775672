import { SandboxError } from '@stuntdouble/sdk/errors'

const refused = (source: string, message: string, hint: string) =>
  new SandboxError('source_refused', `Source "${source}": ${message}`, { hint })

export const needsLinux = (source: string) =>
  refused(
    source,
    'files can only be read safely where the orchestrator runs on Linux.',
    'Run the orchestrator on a Linux machine that has them.',
  )

export const unreachable = (source: string, path: string, code: string) =>
  new SandboxError(
    'source_unreachable',
    `Source "${source}": ${path} cannot be opened (${code}).`,
    {
      hint: 'Name a directory that the user of the orchestrator can read and enter.',
    },
  )

export const leadsElsewhere = (source: string, path: string) =>
  refused(
    source,
    `${path} is no directory, or leads through a symbolic link, which is not followed.`,
    'Write the path that `realpath` prints for it.',
  )

export const unreadable = (source: string, shape: string, code: string) =>
  refused(
    source,
    `${shape} cannot be read (${code}).`,
    'Let the user of the orchestrator read all of the tree, or name a part of it as the source.',
  )

export const changed = (source: string, shape: string) =>
  new SandboxError(
    'snapshot_failed',
    `Source "${source}": ${shape} became something else while it was read.`,
    { hint: 'Build again when nobody moves or shortens files there.', retryable: true },
  )

export const notText = (source: string, shape: string) =>
  refused(
    source,
    `the name of ${shape} is not UTF-8, so that no pattern can be written for it.`,
    'Rename the file, or name a part of the tree as the source.',
  )

export const tooDeep = (source: string, levels: number) =>
  refused(
    source,
    `its directories are nested more than ${levels} levels deep.`,
    'Name a part of the tree as the source.',
  )

export const tooMany = (source: string, most: number) =>
  refused(
    source,
    `it holds more than ${most} files and directories.`,
    'Raise `maxEntries` of the source, or name a part of the tree.',
  )

export const tooLarge = (source: string, mostBytes: number) =>
  refused(
    source,
    `more than the ${mostBytes} bytes that are allowed were read of it.`,
    'It grew while it was copied: raise `maxSize` of the source.',
  )

export const unfitName = (shape: string) =>
  new SandboxError(
    'snapshot_failed',
    `A path such as ${shape} would not be one below its directory when it is masked.`,
    { hint: 'Mask its parts in another way: what stands in braces must be made of one segment.' },
  )

export const copyFailed = (what: string, exitCode: number) =>
  new SandboxError(
    'snapshot_failed',
    `The copy of the files failed while ${what} (exit code ${exitCode}).`,
    {
      hint: 'Run `sandbox doctor`: the disk of the pool may be full. Or masking gave a file the name of a directory; mask one of them in another way.',
    },
  )

import type { CreateSandboxRequest } from '../wire/sandbox.ts'

export const snapshotId = 'sn000000000001'

export const databasesOf = ({ blueprint }: CreateSandboxRequest) =>
  Object.fromEntries(
    Object.entries(blueprint.data).map(([name, { source }]) => [
      name,
      { url: `postgres://app@db:5432/${source}`, snapshot: snapshotId, source },
    ]),
  )

export const filesOf = ({ blueprint }: CreateSandboxRequest) =>
  Object.fromEntries(
    Object.entries(blueprint.files).map(([name, { source, path }]) => [
      name,
      { path, snapshot: snapshotId, source },
    ]),
  )

export const hasData = ({ blueprint: { data, files } }: CreateSandboxRequest) =>
  Object.keys({ ...data, ...files }).length > 0

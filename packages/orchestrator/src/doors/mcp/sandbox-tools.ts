import type { SandboxView } from '@stuntdouble/sdk/wire'
import type { Doors } from '../doors.ts'
import type { Queries } from '../queries/queries.ts'
import { editFileTool } from './edit-file.ts'
import { getUrlTool } from './get-url.ts'
import { listFilesTool } from './list-files.ts'
import { processTools } from './process-tools.ts'
import { queryDatabaseTool } from './query-database.ts'
import { readFileTool } from './read-file.ts'
import { type CommandRan, runCommandTool } from './run-command.ts'
import { sandboxInfoTool } from './sandbox-info.ts'
import { searchFilesTool } from './search-files.ts'
import { type States, stateTools } from './state-tools.ts'
import type { AddTool } from './tool.ts'
import { writeFileTool } from './write-file.ts'

export interface SandboxToolParts {
  readonly doors: Pick<Doors, 'commands' | 'processes' | 'files'>
  readonly queries: Queries
  readonly look: (sandbox: string) => SandboxView
  readonly states: States
  readonly onRan: (sandbox: string, ran: CommandRan) => void
  readonly onWritten: (sandbox: string, file: { path: string; size: number }) => void
}

/** Everything that can be done in a sandbox, in the order in which it is listed. */
export function sandboxTools(parts: SandboxToolParts): readonly AddTool[] {
  const { commands, processes, files } = parts.doors
  return [
    sandboxInfoTool(parts),
    runCommandTool({ commands, files, onRan: parts.onRan }),
    ...processTools(processes),
    readFileTool(files),
    writeFileTool(files, parts.onWritten),
    editFileTool({ files, commands, onWritten: parts.onWritten }),
    listFilesTool(commands),
    searchFilesTool(commands),
    queryDatabaseTool(parts.queries),
    getUrlTool,
    ...stateTools(parts.states),
  ]
}

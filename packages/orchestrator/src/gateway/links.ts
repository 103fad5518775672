import type { Welcome } from '@stuntdouble/sdk/wire'
import { workspacePath } from '../doors/doors.ts'

/** What can be asked behind a hand-over URL, for whoever opens it. */
export const linksBelow = (base: string): Welcome['links'] => ({
  exec: {
    method: 'POST',
    href: `${base}/exec`,
    description:
      'Run a command: { "command": "ls", "cwd"?, "env"?, "timeoutMs"? } → { stdout, stderr, exitCode }',
  },
  ...fileLinks(base),
  processes: {
    method: 'GET, POST',
    href: `${base}/processes`,
    description:
      'What runs in the background. POST what exec takes; GET …/ID/output?waitMs=10000 reads it, DELETE …/ID ends it',
  },
  query: {
    method: 'POST',
    href: `${base}/databases/NAME/query`,
    description:
      'One SQL statement: { "sql", "parameters"?, "maxRows"?, "timeoutMs"?, "readOnly"? } → { columns, rows, affected, more }',
  },
  logs: {
    method: 'GET',
    href: `${base}/logs/NAME`,
    description: 'What a database, a service or the workspace said last',
  },
  metrics: {
    method: 'GET',
    href: `${base}/metrics`,
    description: 'Processors, memory, processes and disk in use, beside what may be',
  },
  mcp: {
    method: 'POST',
    href: `${base}/mcp`,
    description: 'The same as tools of the Model Context Protocol, over streamable HTTP',
  },
  ports: {
    method: 'GET',
    href: `${base}/ports`,
    description:
      'What listens inside, each with its own address and a link for a person’s browser; …/ports/3000/path asks a port',
  },
  checkpoints: {
    method: 'GET, POST',
    href: `${base}/checkpoints`,
    description:
      'Keep the state of databases, files and workspace: { "name"? } → { name }; DELETE …/NAME removes one',
  },
  rollback: {
    method: 'POST',
    href: `${base}/rollback`,
    description: 'Go back to a checkpoint: { "to"? }, the newest by default; what runs ends',
  },
  process: {
    method: 'WebSocket',
    href: `${base.replace(/^http/, 'ws')}/process`,
    description: 'A terminal or a streamed command',
  },
})

const fileLinks = (base: string): Welcome['links'] => ({
  files: {
    method: 'GET, PUT, DELETE',
    href: `${base}/files${workspacePath}`,
    description: 'Files by absolute path; a directory lists itself',
  },
  stat: {
    method: 'GET',
    href: `${base}/stat${workspacePath}`,
    description:
      'What is at a path. PUT …/directories/PATH makes one; POST …/move: { "from", "to" } renames',
  },
  watch: {
    method: 'GET',
    href: `${base}/watch${workspacePath}`,
    description: 'What changes in a directory, as server-sent events; ?recursive=true',
  },
  archive: {
    method: 'GET, PUT',
    href: `${base}/archive${workspacePath}`,
    description: 'A directory as one tar, out or in; ?format=tar.gz',
  },
})

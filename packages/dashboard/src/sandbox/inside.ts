import type { Terminal, TerminalOptions } from '@stuntdouble/sdk/browser'
import * as door from '@stuntdouble/sdk/browser'
import type { FileEntry, PortView, QueryResult, Welcome } from '@stuntdouble/sdk/wire'

/** One sandbox, used by its own page: the cookie that the browser was given is the whole permission. */
export interface Inside {
  readonly id: string
  /** Opening it is a use: its idle end moves. */
  welcome(): Promise<Welcome>
  ports(): Promise<readonly PortView[]>
  list(path: string): Promise<readonly FileEntry[]>
  read(path: string): Promise<ReadableStream<Uint8Array>>
  write(path: string, body: Blob): Promise<unknown>
  /** Where the browser saves a file from. */
  download(path: string): string
  query(database: string, sql: string): Promise<QueryResult>
  terminal(options: TerminalOptions): Promise<Terminal>
}

const shownRows = 500

export function openInside(id: string, origin: string): Inside {
  const connection = { url: `${origin}/s/${id}` }
  return {
    id,
    welcome: () => door.welcome(connection),
    ports: () => door.listPorts(connection),
    list: (path) => door.listDirectory(connection, path),
    read: (path) => door.readFile(connection, path),
    write: (path, body) => door.writeFile(connection, path, { body }),
    download: (path) => connection.url + door.filePath(path),
    query: (database, sql) => door.queryDatabase(connection, database, { sql, maxRows: shownRows }),
    terminal: (options) => new door.Pty(connection).create(options),
  }
}

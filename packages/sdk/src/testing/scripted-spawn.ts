import type { MemoryParts } from './memory-machine.ts'
import { type AskedCommand, type CommandScript, commandAnswer } from './script.ts'
import { ScriptedChild } from './scripted-child.ts'

/** Notes each command in `asked`, and has the script answer it. */
export const scriptedSpawn =
  (script: CommandScript, asked: AskedCommand[]): MemoryParts['spawn'] =>
  ({ sandbox, command, cwd, env }, machine) => {
    const noted = { sandbox, command, cwd, env }
    asked.push(noted)
    const line = typeof command === 'string' ? command : command.join(' ')
    const files = {
      async read(path: string) {
        const found = await machine.read(path)
        return Array.isArray(found) ? undefined : found
      },
      write: (path: string, content: string | Uint8Array) =>
        machine.write(path, Buffer.from(content)),
    }
    return new ScriptedChild((child) =>
      commandAnswer(script, {
        ...{ ...noted, line, files, stdin: child.stdin, signal: child.signal },
        say: (text, stream = 'stdout') => child.say(text, stream),
      }),
    )
  }

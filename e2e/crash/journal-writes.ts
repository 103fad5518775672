import { DatabaseSync, StatementSync } from 'node:sqlite'

// Loaded before the orchestrator (`node --import`), which knows nothing of it. Counts what reaches
// the journal from the moment it is told to, and ends the process right after a write.

let count = 0
let killAfter = Number.POSITIVE_INFINITY
let journal: DatabaseSync | undefined
let hasChanged = false

function written(): void {
  count += 1
  if (count >= killAfter) process.kill(process.pid, 'SIGKILL')
}

const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql) {
  exec.call(this, sql)
  journal = this
  if (this.isTransaction) return
  if (sql === 'COMMIT' && hasChanged) written()
  hasChanged = false
}

const { run } = StatementSync.prototype
StatementSync.prototype.run = function (this: StatementSync, ...given: Parameters<typeof run>) {
  const result = run.apply(this, given)
  if (Number(result.changes) === 0) return result
  if (journal?.isTransaction) hasChanged = true
  else written()
  return result
} as typeof run

/** `count` asks for the number; a number begins again and kills after so many, 0 after none. */
process.on('message', (message) => {
  if (typeof message === 'number') {
    count = 0
    killAfter = message || Number.POSITIVE_INFINITY
  }
  process.send?.(count)
})
process.channel?.unref()

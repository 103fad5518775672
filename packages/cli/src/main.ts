#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Halves the time to the first line. In a directory of one's own: code is run from it.
const { XDG_CACHE_HOME = '' } = process.env
const caches = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache')
enableCompileCache(join(caches, 'stuntdouble', 'compiled'))
const { run } = await import('./cli.ts')

// The reader went away, as `| head` does.
process.stdout.on('error', () => process.exit(141))

const code = await run(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  orchestratorMain: fileURLToPath(import.meta.resolve('@stuntdouble/orchestrator/main')),
  onInterrupt(listener) {
    process.on('SIGINT', listener).on('SIGTERM', listener)
    return () => process.off('SIGINT', listener).off('SIGTERM', listener)
  },
})
// Standard input may still be open; what was printed must be out before we leave.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))

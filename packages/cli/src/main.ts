#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { run } from './cli.ts'

/** The reader went away, as `| head` does. */
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

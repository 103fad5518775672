import { readFile, writeFile } from 'node:fs/promises'
import { lineOf, listLeftovers } from '../../e2e/lib/leftovers.ts'
import { reapersOf } from '../../e2e/lib/reapers.ts'

// leftovers.ts --save FILE: notes what of ours is on this machine.
// leftovers.ts --since FILE: prints what came since, and ends with 1 when anything did.
const [mode, file = ''] = process.argv.slice(2)
const reapers = (await reapersOf()).map((pid) => `process of a reaper (${pid})`)
const lines = [...(await listLeftovers()).map(lineOf), ...reapers]

if (mode === '--save') {
  await writeFile(file, lines.join('\n'))
} else if (mode === '--since') {
  const before = new Set((await readFile(file, 'utf8')).split('\n'))
  const left = lines.filter((line) => !before.has(line))
  for (const line of left) console.error(`left behind: ${line}`)
  process.exitCode = left.length === 0 ? 0 : 1
} else {
  console.error('Usage: leftovers.ts --save FILE | --since FILE')
  process.exitCode = 2
}

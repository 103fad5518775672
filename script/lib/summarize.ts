import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkResult, type PartResult, suiteResult, summarize } from './summary.ts'

// Prints what the parts of script/test came to, from the `NAME.check` and `NAME.suite` files that hold
// their exit codes and the `NAME.json` reports beside them. Exit code 1 when anything failed.
const [directory = '.tools/reports'] = process.argv.slice(2)

const parts = await Promise.all((await readdir(directory)).toSorted().map(partOf))
const results = parts.filter((part) => part !== undefined)
console.log(`\n${summarize(results)}`)
process.exitCode = results.length > 0 && results.every(({ failed }) => failed === 0) ? 0 : 1

async function partOf(file: string): Promise<PartResult | undefined> {
  const [name = '', kind] = file.split('.')
  if (kind !== 'check' && kind !== 'suite') return undefined
  const exitCode = Number(await readFile(join(directory, file), 'utf8'))
  if (kind === 'check') return checkResult(name, exitCode)
  const report = await readFile(join(directory, `${name}.json`), 'utf8').catch(() => undefined)
  return suiteResult(name, report, exitCode)
}

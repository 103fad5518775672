import { parseArgs } from 'node:util'
import { benchLeaks } from './leaks.ts'
import { benchUp } from './up.ts'

/** `pnpm bench NAME [--rounds N]`: numbers, side by side in one run. Never part of the tests. */
const benches: Readonly<Record<string, (rounds: number) => Promise<void>>> = {
  up: benchUp,
  leaks: benchLeaks,
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '10' } },
})
const bench = benches[positionals[0] ?? '']
const rounds = Number(values.rounds)
if (bench === undefined || !(rounds >= 1)) {
  console.error(`Usage: pnpm bench ${Object.keys(benches).join('|')} [--rounds N]`)
  process.exit(2)
}
await bench(rounds)

import { parseArgs } from 'node:util'
import { parseBytes } from '@stuntdouble/sdk/wire'
import { benchBurst } from './burst.ts'
import { benchCheckpoint } from './checkpoint.ts'
import { benchEgress } from './egress.ts'
import { benchExec } from './exec.ts'
import { benchFiles } from './files.ts'
import { benchGateway } from './gateway.ts'
import { benchHardening } from './hardening.ts'
import { benchLeaks } from './leaks.ts'
import { benchMask } from './mask.ts'
import { benchNeighbours } from './neighbours.ts'
import { benchPgbench } from './pgbench.ts'
import { benchPty } from './pty.ts'
import { benchSecrets } from './secrets.ts'
import { benchSizes } from './sizes.ts'
import { benchSnapshot } from './snapshot.ts'
import { benchSoak } from './soak.ts'
import { benchUp } from './up.ts'
import { benchWarm } from './warm.ts'

interface Options {
  readonly rounds: number | undefined
  readonly sizeBytes: number
  readonly rows: number
  readonly minutes: number
}

/** `pnpm bench NAME`: numbers, side by side in one run. Never part of the tests. */
const benches: Readonly<Record<string, (options: Options) => Promise<void>>> = {
  up: ({ rounds = 10 }) => benchUp(rounds),
  checkpoint: ({ rounds = 5 }) => benchCheckpoint(rounds),
  warm: ({ rounds = 20 }) => benchWarm(rounds),
  burst: ({ rounds = 100 }) => benchBurst(rounds),
  egress: ({ rounds = 5 }) => benchEgress(rounds),
  files: ({ rounds = 5 }) => benchFiles(rounds),
  gateway: ({ rounds = 5 }) => benchGateway(rounds),
  hardening: ({ rounds = 20 }) => benchHardening(rounds),
  exec: ({ rounds = 50 }) => benchExec(rounds),
  leaks: ({ rounds = 10 }) => benchLeaks(rounds),
  mask: ({ rounds = 30 }) => benchMask(rounds),
  pty: ({ rounds = 10 }) => benchPty(rounds),
  secrets: ({ rounds = 5 }) => benchSecrets(rounds),
  neighbours: ({ rounds = 2 }) => benchNeighbours(rounds),
  pgbench: ({ rounds = 7 }) => benchPgbench(rounds),
  sizes: ({ rounds = 10, sizeBytes }) => benchSizes(rounds, sizeBytes),
  soak: ({ rounds = 20, minutes }) => benchSoak({ minutes, cycles: rounds }),
  snapshot: ({ rounds = 1, ...size }) => benchSnapshot({ rounds, ...size }),
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    size: { type: 'string', default: '1g' },
    rows: { type: 'string', default: '2000000' },
    minutes: { type: 'string', default: '60' },
  },
})
const bench = benches[positionals[0] ?? '']
const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
const sizeBytes = parseBytes(values.size)
const rows = Number(values.rows)
const minutes = Number(values.minutes)
if (bench === undefined || !((rounds ?? 1) >= 1) || !sizeBytes || !(rows >= 1) || !(minutes > 0)) {
  const names = Object.keys(benches).join('|')
  console.error(`Usage: pnpm bench ${names} [--rounds N] [--size 1g] [--rows N] [--minutes N]`)
  process.exit(2)
}
await bench({ rounds, sizeBytes, rows, minutes })

import { afterAll, beforeAll } from 'vitest'
import { type Bench, openBench } from './bad-input/bench.ts'
import { describeCommandLines } from './bad-input/command-lines.ts'
import { describeFiles } from './bad-input/files.ts'
import { describeRefusedSandboxes } from './bad-input/refused-sandboxes.ts'
import { describeRunningSandboxes } from './bad-input/running-sandboxes.ts'
import { describeSources } from './bad-input/sources.ts'

let opened: Bench
beforeAll(async () => {
  opened = await openBench()
})
afterAll(() => opened?.[Symbol.asyncDispose]())
const bench = () => opened

// The first two must come before anything has started an orchestrator.
describeFiles(bench)
describeCommandLines(bench)
describeRefusedSandboxes(bench)
describeSources(bench)
describeRunningSandboxes(bench)

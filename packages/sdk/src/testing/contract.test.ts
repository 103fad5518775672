import { afterAll, beforeAll } from 'vitest'
import { describeOrchestrator } from './contract.ts'
import { contractScript } from './contract-script.ts'
import { startTestOrchestrator, type TestOrchestrator } from './test-orchestrator.ts'

let world: TestOrchestrator
beforeAll(async () => {
  world = await startTestOrchestrator({ commands: contractScript })
})
afterAll(() => world?.[Symbol.asyncDispose]())

describeOrchestrator('the double', () => world.env)

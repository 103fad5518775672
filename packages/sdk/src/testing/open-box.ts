import { Sandbox } from '../sandbox/sandbox.ts'
import { startFakeOrchestrator } from './fake-orchestrator.ts'

/** A sandbox of a fake orchestrator of its own; both end with the scope. */
export async function openBox(): Promise<Sandbox> {
  const orchestrator = await startFakeOrchestrator()
  const box = await Sandbox.create({ ...orchestrator, blueprint: {} })
  const dispose = box[Symbol.asyncDispose].bind(box)
  return Object.assign(box, {
    async [Symbol.asyncDispose]() {
      await dispose()
      await orchestrator[Symbol.asyncDispose]()
    },
  })
}

// Runs commands on this machine, so that the SDK does not hand it out.
export {
  type FakeOrchestrator,
  startFakeOrchestrator,
} from '../../../sdk/src/testing/fake-orchestrator.ts'

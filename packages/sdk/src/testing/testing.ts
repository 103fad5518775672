export type {
  AskedCommand,
  AskedQuery,
  CommandAnswer,
  CommandProgram,
  CommandScript,
  OutputStream,
  QueryAnswer,
  QueryProgram,
  QueryScript,
  RunningCommand,
} from './script.ts'
export {
  startTestOrchestrator,
  type TestOrchestrator,
  type TestOrchestratorOptions,
  type WrittenFile,
} from './test-orchestrator.ts'

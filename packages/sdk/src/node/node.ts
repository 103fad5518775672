export {
  type BlueprintFile,
  defaultBlueprintFile,
  findBlueprint,
  located,
  readBlueprint,
} from './blueprint-file.ts'
export { type Environment, stateDirectory } from './environment.ts'
export {
  controlClient,
  findOrchestrator,
  localOrchestratorFile,
  namedOrchestrator,
  type OrchestratorAddress,
  readLocalOrchestrator,
} from './find-orchestrator.ts'
export { packHistory } from './pack-history.ts'
export { type PackedWorkspace, packWorkspace } from './pack-workspace.ts'
export { patientFetch } from './patient-fetch.ts'
export { uploadWorkspace } from './upload-workspace.ts'

export { agentInside, type InsideOptions } from './agent-inside.ts'
export { remoteTools } from './remote-tools.ts'

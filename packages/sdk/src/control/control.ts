export { SandboxError } from '../errors.ts'
export type { Connection, Fetch } from '../http/connection.ts'
export { verifyReceipt } from '../receipt/verify-receipt.ts'
export { ControlClient, type ControlOptions } from './control-client.ts'

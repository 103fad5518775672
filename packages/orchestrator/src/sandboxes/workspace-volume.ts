import { agent } from '../doors/doors.ts'
import type { VolumeSpec } from '../engine/engine.ts'
import type { Sandbox } from './sandbox.ts'

export const workspaceVolume = (sandbox: Sandbox): VolumeSpec => ({
  name: `${sandbox.id}-workspace`,
  pod: sandbox.id,
  ...agent,
  mode: 0o755,
})

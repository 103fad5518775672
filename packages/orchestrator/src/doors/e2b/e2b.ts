import type {
  Blueprint,
  CreateSandboxRequest,
  E2bEnvironment,
  EndReason,
  ForkRequest,
  Handover,
  OnProgress,
  Receipt,
  SandboxMetrics,
  SandboxView,
} from '@stuntdouble/sdk/wire'
import type { Capabilities } from '../../capabilities/capabilities.ts'
import type { Clock } from '../../lib/clock.ts'
import type { WrongKeys } from '../../lib/wrong-keys.ts'
import type { Recorder } from '../../recorder/recorder.ts'
import type { Doors } from '../doors.ts'
import type { Watchers } from './envd/watchers.ts'
import type { Notes } from './notes.ts'
import type { SeenTokens } from './tokens.ts'

/** What the E2B face asks of the sandboxes that it stands before. */
export interface E2bSandboxes {
  create(
    request: CreateSandboxRequest,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Handover>
  get(id: string): SandboxView
  list(query: { readonly ended: boolean }): SandboxView[]
  endAt(id: string, at: number): Promise<SandboxView>
  handover(id: string): Handover
  end(id: string, reason: EndReason): Promise<Receipt>
  use(id: string, cut: () => void): Disposable
  metrics(id: string, signal: AbortSignal): Promise<SandboxMetrics>
  readonly checkpoints: {
    pause(id: string): Promise<SandboxView>
    resume(id: string): Promise<SandboxView>
    fork(id: string, request: ForkRequest, signal: AbortSignal): Promise<readonly Handover[]>
  }
}

/** Everything of it; nothing else of the orchestrator depends on this folder. */
export interface E2bParts {
  /** What `X-API-KEY` must be. */
  readonly key: string
  /** By the names that `Sandbox.create` knows them by; `base` is what it means without one. */
  readonly templates: Readonly<Record<string, Blueprint>>
  /** As a duration: a sandbox of E2B has no idle end. */
  readonly longestTtl: string
  readonly sandboxes: E2bSandboxes
  readonly hosted: Pick<E2bSandboxes, 'use'>
  readonly capabilities: Capabilities
  readonly doors: Doors
  readonly recorder: Recorder
  readonly notes: Notes
  readonly tokens: SeenTokens
  readonly watchers: Watchers
  readonly wrongKeys: WrongKeys
  readonly clock: Clock
  /** What a client’s environment has to say to find us. */
  environment(): E2bEnvironment
  /** What a sandbox that has ended leaves here. */
  close(sandbox: string): void
}

/** Of the envd whose behaviour this is: the client asks for nothing that came later. */
export const envdVersion = '0.5.7'
export const defaultTemplate = 'base'

import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Receipt, SandboxEvent, SandboxView, Snapshot } from '@stuntdouble/sdk/wire'
import { sampleReceipt, sampleSandbox } from './samples.ts'

/** An orchestrator’s state without an orchestrator: what is asked of it happens in memory, at once. */
export class ScriptedControlPlane {
  readonly key = randomBytes(16).toString('hex')
  readonly sessions = new Set<string>()
  readonly sandboxes = new Map<string, SandboxView>()
  readonly snapshots: Snapshot[] = []
  readonly receipts = new Map<string, Receipt>()
  readonly events: SandboxEvent[] = []
  readonly #happened = new EventEmitter<{ event: [SandboxEvent] }>()
  /** What the next receipts say is left; none when they are clean. */
  doubts: readonly string[] = []

  onEvent(listener: (event: SandboxEvent) => void): () => void {
    this.#happened.on('event', listener)
    return () => this.#happened.off('event', listener)
  }

  signIn(): string {
    const session = randomBytes(16).toString('hex')
    this.sessions.add(session)
    return session
  }

  create(changes: Partial<SandboxView> = {}): SandboxView {
    const sandbox = { ...sampleSandbox(), ...changes }
    this.sandboxes.set(sandbox.id, sandbox)
    this.tell(sandbox.id, 'created')
    if (sandbox.state === 'ready') this.tell(sandbox.id, 'ready', { milliseconds: 312 })
    return sandbox
  }

  tell(sandbox: string, type: string, data: SandboxEvent['data'] = {}): void {
    const event = { seq: this.events.length + 1, at: new Date().toISOString(), sandbox, type, data }
    this.events.push(event)
    this.#happened.emit('event', event)
  }

  change(id: string, changes: Partial<SandboxView>): SandboxView | undefined {
    const sandbox = this.sandboxes.get(id)
    if (!sandbox) return undefined
    const changed = { ...sandbox, ...changes }
    this.sandboxes.set(id, changed)
    return changed
  }

  extend(id: string, milliseconds: number): SandboxView | undefined {
    const sandbox = this.sandboxes.get(id)
    if (!sandbox) return undefined
    const expiresAt = new Date(Date.parse(sandbox.expiresAt) + milliseconds).toISOString()
    const changed = this.change(id, { expiresAt })
    this.tell(id, 'extended', { expiresAt })
    return changed
  }

  end(id: string): Receipt | undefined {
    const sandbox = this.sandboxes.get(id)
    if (!sandbox) return undefined
    const receipt = this.receipts.get(id) ?? sampleReceipt(sandbox, this.doubts)
    this.receipts.set(id, receipt)
    this.change(id, { state: 'ending' })
    this.tell(id, 'ending', { reason: 'down' })
    const { endedAt, clean, reason: endReason } = receipt
    this.change(id, { state: 'ended', endedAt, clean, endReason })
    this.tell(id, 'ended', { clean, reason: endReason })
    return receipt
  }
}

import type { VolumeSpec, Volumes } from './engine.ts'

/** Volumes of an installation of their own, and a way to look inside as a container would. */
export interface VolumesUnderTest extends AsyncDisposable {
  readonly volumes: Volumes
  /** A name for a volume that no other test has. */
  named(name: string): string
  /** As the volume's owner, in a container that has it mounted; rejects when it cannot be written. */
  write(volume: string, path: string, text: string): Promise<void>
  /** Null when there is no such file. */
  read(volume: string, path: string): Promise<string | null>
  /** The same installation, as a process sees it that starts now. */
  reopen(): Promise<Volumes & AsyncDisposable>
}

export const volumeSpec = (name: string, pod = 'pod-1'): VolumeSpec => ({
  name,
  pod,
  uid: 999,
  gid: 999,
  mode: 0o700,
})

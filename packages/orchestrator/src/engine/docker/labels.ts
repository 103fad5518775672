import { z } from 'zod'
import type { PodKind } from '../engine.ts'

/** On everything of ours on the engine; what was asked for is found again by these alone. */
export const label = {
  installation: 'dev.stuntdouble.installation',
  sandbox: 'dev.stuntdouble.sandbox',
  /** `gate`, or the name of a container in its pod. */
  kind: 'dev.stuntdouble.kind',
  podKind: 'dev.stuntdouble.pod',
  /** The volume that a container has its runner from, and whose commands it was made for. */
  runner: 'dev.stuntdouble.runner',
  commandsBy: 'dev.stuntdouble.commands-by',
} as const

export const gateName = 'gate'

export interface Owner {
  readonly installation: string
  readonly pod: string
  readonly podKind: PodKind
}

export const ownerLabels = (owner: Owner, name: string): Record<string, string> => ({
  [label.installation]: owner.installation,
  [label.sandbox]: owner.pod,
  [label.kind]: name,
  [label.podKind]: owner.podKind,
})

export const spellUser = ({ uid, gid }: { readonly uid: number; readonly gid: number }) =>
  `${uid}:${gid}`

/** The engine's filter for everything of one pod, or of every pod of the installation. */
export const labelFilter = (installation: string, pod?: string) => ({
  label: [
    `${label.installation}=${installation}`,
    pod === undefined ? label.sandbox : `${label.sandbox}=${pod}`,
  ],
})

/** Labels as the engine tells them. */
export type PodLabels = z.infer<typeof PodLabels>
export const PodLabels = z
  .object({
    [label.sandbox]: z.string(),
    [label.kind]: z.string(),
    [label.podKind]: z.enum(['sandbox', 'staging']).catch('sandbox'),
    [label.runner]: z.string().optional(),
    [label.commandsBy]: z.string().optional(),
  })
  .transform((labels) => ({
    pod: labels[label.sandbox],
    name: labels[label.kind],
    podKind: labels[label.podKind],
    /** Undefined where a container has none. */
    runner: labels[label.runner],
    commandsBy: labels[label.commandsBy],
  }))

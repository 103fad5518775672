import type { Sandbox } from '@stuntdouble/sdk'
import type { Stuntdouble } from '../lib/stuntdouble.ts'
import type { Plant } from './plant.ts'

export interface Scale {
  /** People in each table. */
  readonly rows: number
  /** Objects of each kind for each kind of text. */
  readonly objects: number
}

/** A kind of store whose every place is planted and looked into. All that is not said here is alike. */
export interface Subject {
  readonly kind: 'postgres' | 'mariadb'
  plants(scale: Scale): readonly Plant[]
  start(): Promise<PlantedProduction>
  /** Masks a restored copy as is usually done, and returns what still stands in it. */
  maskInPlace(production: PlantedProduction, plants: readonly Plant[]): Promise<ReadonlySet<string>>
  /** All that the database of a sandbox tells whoever is inside: a dump, and every catalog. */
  tell(inside: Inside): Promise<readonly Buffer[]>
}

export interface PlantedProduction extends AsyncDisposable {
  readonly id: string
  readonly database: string
  /** For stuntdouble.yaml. */
  readonly url: string
  /** As its administrator. */
  plant(script: string): Promise<void>
  query(sql: string): Promise<unknown>
}

export interface Inside {
  readonly id: string
  readonly box: Sandbox
  readonly project: Stuntdouble
}

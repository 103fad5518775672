import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { strike } from './stage.ts'

/** Files of one run share a scene: an engine, a production and a snapshot are not made for each. */
export default function setup(project: TestProject): () => Promise<void> {
  const file = join(tmpdir(), `sd-attack-stage-${process.pid}.json`)
  project.provide('attackStage', file)
  return () => strike(file)
}

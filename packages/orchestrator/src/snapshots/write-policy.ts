import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LoadedSource } from '../config/config.ts'
import { policyUnreadable } from './errors.ts'

/** All or nothing: a reader sees the old file or the new one, also when the machine stops half-way. */
export async function writePolicy({ name, policyPath }: LoadedSource, yaml: string): Promise<void> {
  const partial = `${policyPath}.${randomUUID()}`
  try {
    await mkdir(dirname(policyPath), { recursive: true })
    {
      await using file = await open(partial, 'wx', 0o644)
      await file.writeFile(yaml)
      await file.sync()
    }
    await rename(partial, policyPath)
  } catch (cause) {
    await rm(partial, { force: true })
    throw policyUnreadable(name, policyPath, cause)
  }
}

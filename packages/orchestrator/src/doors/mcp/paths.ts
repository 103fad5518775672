import { posix } from 'node:path'
import { z } from 'zod'
import { workspacePath } from '../agent.ts'

/** Absolute, or meant from the workspace. Where it leads is for the agent’s own rights inside to say. */
export const Path = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'a path holds no NUL')
  .transform((path) => posix.resolve(workspacePath, path))
  .describe('Absolute, or relative to /workspace.')

import { createRequire } from 'node:module'

export interface Runtime {
  readonly name: string
  readonly file: string
  /** Before the program's path. */
  readonly args: readonly string[]
}

const resolve = createRequire(import.meta.url).resolve
const isArm = process.arch === 'arm64'

/** What runs TypeScript programs as they are; Bun and Deno as their makers publish them on npm. */
export const runtimes: readonly Runtime[] = [
  { name: 'Node', file: process.execPath, args: [] },
  {
    name: 'Bun',
    file: resolve(`@oven/bun-linux-${isArm ? 'aarch64' : 'x64'}/bin/bun`),
    args: ['--no-install'],
  },
  {
    name: 'Deno',
    file: resolve(`@deno/linux-${isArm ? 'arm64' : 'x64'}-glibc/deno`),
    args: ['run', '--allow-all', '--no-prompt', '--node-modules-dir=manual'],
  },
]

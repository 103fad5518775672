import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const scripts = dirname(import.meta.dirname)
/** What every Debian has, without a package manager: nothing can be installed with these. */
const essential = [
  ...['cat', 'chmod', 'cp', 'cut', 'dirname', 'find', 'flock', 'id', 'ln', 'mkdir', 'rm', 'sed'],
  ...['sh', 'sha256sum', 'sleep', 'sort', 'tail', 'touch', 'tr', 'uname', 'xargs'],
]

test('a machine where nothing can be installed is told the one thing to install', async () => {
  await using checkout = await bareCheckout()
  const { exitCode, stderr, stdout } = await checkout.setup('--for', 'cli')
  expect(exitCode).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^setup: Install npm .*, then run this again\.\n$/)
})

test('a fetch that npm is silent about is not taken for success', async () => {
  await using checkout = await bareCheckout()
  await checkout.program('npm', 'exit 0')
  const { exitCode, stderr } = await checkout.setup('--for', 'cli')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('npm could not fetch Node and pnpm')
})

test('what npm says is shown when it fails', async () => {
  await using checkout = await bareCheckout()
  await checkout.program('npm', 'echo the network is down; exit 1')
  expect((await checkout.setup('--for', 'cli')).stderr).toContain('the network is down')
})

test('an unknown purpose is a usage error', async () => {
  await using checkout = await bareCheckout()
  expect(await checkout.setup('--for', 'fun')).toMatchObject({ exitCode: 2, stdout: '' })
})

test('an engine that answers is told from none', async () => {
  await using checkout = await bareCheckout()
  const path = join(checkout.root, 'engine.sock')
  const ping = () =>
    run(process.execPath, [join(scripts, 'lib/ping-engine.ts'), `unix://${path}`], '')
  expect(await ping()).toMatchObject({ exitCode: 1 })
  const engine = createServer((_, response) => void response.end('OK')).listen(path)
  await new Promise((resolve) => engine.once('listening', resolve))
  expect(await ping()).toMatchObject({ exitCode: 0 })
  engine.close()
})

/** The scripts alone, in a directory of their own, with nothing on the path but the essential. */
async function bareCheckout() {
  const root = await mkdtemp(join(tmpdir(), 'setup-'))
  const bin = join(root, 'bin')
  await mkdir(bin)
  await cp(scripts, join(root, 'script'), { recursive: true })
  for (const name of essential) await symlink(await whereIs(name), join(bin, name))
  return {
    root,
    setup: (...args: readonly string[]) => run(join(root, 'script/setup'), args, bin),
    program: (name: string, line: string) =>
      writeFile(join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

async function whereIs(name: string): Promise<string> {
  return (await run('/bin/sh', ['-c', `command -v ${name}`], '/usr/bin:/bin')).stdout.trim()
}

function run(file: string, args: readonly string[], path: string | undefined) {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    execFile(file, args, { env: { PATH: path } }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

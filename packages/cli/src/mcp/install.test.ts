import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

async function open() {
  const directory = await temporaryDirectory({})
  const [home, cwd] = [join(directory.path, 'home'), join(directory.path, 'project')]
  await mkdir(home)
  await mkdir(cwd)
  const env = { HOME: home, PATH: '/nowhere' }
  return {
    ...{ home, cwd },
    install: (...options: string[]) =>
      new Cli(undefined, { env, cwd }).run('mcp', 'install', ...options),
    put: async (path: string, text: string) => {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

const stdio = { type: 'stdio', command: 'sandbox', args: ['mcp'] }
const plain = { command: 'sandbox', args: ['mcp'] }

test.each([
  ['claude', '.mcp.json', { mcpServers: { stuntdouble: stdio } }],
  ['cursor', '.cursor/mcp.json', { mcpServers: { stuntdouble: plain } }],
  ['vscode', '.vscode/mcp.json', { servers: { stuntdouble: stdio } }],
])('%s finds it in %s of the project', async (client, file, expected) => {
  await using here = await open()
  const ran = await here.install('--client', client)

  expect(ran).toMatchObject({
    code: 0,
    stdout: `${join(here.cwd, file)} now starts \`sandbox mcp\`.\n`,
  })
  expect(JSON.parse(await readFile(join(here.cwd, file), 'utf8'))).toEqual(expected)
  expect(ran.stderr).toMatch(/not on your PATH/)
})

test.each([
  [[], 'project', '.codex/config.toml'],
  [['--user'], 'home', '.codex/config.toml'],
] as const)('codex finds it with %j', async (options, where, file) => {
  await using here = await open()
  await here.install('--client', 'codex', ...options)
  const path = join(where === 'home' ? here.home : here.cwd, file)

  expect(await readFile(path, 'utf8')).toBe(
    '[mcp_servers.stuntdouble]\ncommand = "sandbox"\nargs = [ "mcp" ]\n',
  )
})

test.each([
  ['claude', '.claude.json'],
  ['cursor', '.cursor/mcp.json'],
  ['vscode', '.config/Code/User/mcp.json'],
])('%s finds it in the user’s %s', async (client, file) => {
  await using here = await open()
  await here.install('--client', client, '--user')

  expect(await readFile(join(here.home, file), 'utf8')).toContain('"stuntdouble"')
})

test('what else stands in JSON stays, comments, order, tabs and mode', async () => {
  await using here = await open()
  const path = join(here.cwd, '.vscode/mcp.json')
  const before =
    '{\n\t// ours\n\t"inputs": [],\n\t"servers": {\n\t\t"other": { "url": "http://x" },\n\t\t"stuntdouble": { "command": "old", "env": { "A": "1" } },\n\t},\n}\n'
  await here.put(path, before)
  await chmod(path, 0o600)
  await here.install('--client', 'vscode')
  const after = await readFile(path, 'utf8')

  expect(after).toContain('\t// ours\n\t"inputs": [],')
  expect(after).toContain('"other": { "url": "http://x" }')
  expect(after).toContain('"A": "1"')
  expect(after).toContain('"command": "sandbox"')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('what else stands in TOML stays to the letter, and a second time adds nothing', async () => {
  await using here = await open()
  const path = join(here.cwd, '.codex/config.toml')
  const before = '# mine\nmodel = "x" # the best\n\n[mcp_servers.other]\ncommand = "npx"'
  await here.put(path, before)
  await here.install('--client', 'codex')
  const after = await readFile(path, 'utf8')
  const again = await here.install('--client', 'codex')

  expect(after.startsWith(`${before}\n\n[mcp_servers.stuntdouble]\n`)).toBe(true)
  expect(again.stdout).toMatch(/already starts/)
  expect(await readFile(path, 'utf8')).toBe(after)
})

describe('a file is left as it is', () => {
  test.each([
    ['claude', '.mcp.json', '{ "mcpServers": {'],
    ['claude', '.mcp.json', '[]'],
    ['claude', '.mcp.json', '{ "mcpServers": [] }'],
    ['claude', '.mcp.json', '{ "mcpServers": { "stuntdouble": "x" } }'],
    ['codex', '.codex/config.toml', '[mcp_servers'],
    ['codex', '.codex/config.toml', 'mcp_servers = { other = { command = "secret-7f3a" } }\n'],
    ['codex', '.codex/config.toml', '[mcp_servers.stuntdouble]\ncommand = "old"\n'],
    ['codex', '.codex/config.toml', 'mcp_servers = 3\n'],
  ])('%s: %s with %s', async (client, file, text) => {
    await using here = await open()
    const path = join(here.cwd, file)
    await here.put(path, text)
    const { code, stderr } = await here.install('--client', client)

    expect(code).not.toBe(0)
    expect(stderr).toContain('it was left as it is')
    expect(stderr).not.toContain('secret-7f3a')
    expect(await readFile(path, 'utf8')).toBe(text)
  })
})

test('a link to a file elsewhere stays one', async () => {
  await using here = await open()
  const [path, dotfiles] = [join(here.home, '.claude.json'), join(here.home, 'dotfiles.json')]
  await here.put(dotfiles, '{}')
  await symlink(dotfiles, path)
  await here.install('--client', 'claude', '--user')

  expect((await lstat(path)).isSymbolicLink()).toBe(true)
  expect(await readFile(dotfiles, 'utf8')).toContain('stuntdouble')
})

test('what would be added can be printed, and nothing of what is there', async () => {
  await using here = await open()
  await here.put(join(here.home, '.claude.json'), '{ "token": "secret-7f3a" }')
  const { stdout } = await here.install('--client', 'claude', '--user', '--print')

  expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toEqual({
    mcpServers: { stuntdouble: stdio },
  })
  expect(stdout).not.toContain('secret-7f3a')
})

test('a client nobody knows is a matter of usage', async () => {
  await using here = await open()

  expect(await here.install('--client', 'emacs')).toMatchObject({ code: 2 })
  expect(await here.install()).toMatchObject({ code: 2 })
})

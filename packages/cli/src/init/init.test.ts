import { access, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { Blueprint, InitResult, OperatorConfig } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'
import { initIn } from '../testing/run-init.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

const shop = {
  'compose.yaml': `
services:
  db:
    image: postgres:16-alpine
    environment: { POSTGRES_PASSWORD: hunter2-of-compose }
    ports: ["5432:5432"]
  cache: { image: "redis:7" }
  web:
    build: .
    command: touch pwned
    ports: ["127.0.0.1:8080:3000/tcp", { target: 9229 }, 4000]
`,
  '.devcontainer/devcontainer.json': `{
  // as people write it
  "image": "mcr.example.com/node:20", "forwardPorts": [5173,], "postCreateCommand": "touch pwned",
}`,
  'package.json': `{ "name": "shop", "packageManager": "pnpm@10.0.0", "scripts": { "test": "touch pwned" } }`,
  'worker/pyproject.toml': '[project]\nname = "worker"\n',
  'feed/go.mod': 'module example.com/feed\n\ngo 1.22\n',
  Gemfile: 'system("touch pwned")\n',
  'prisma/migrations/0001_init/migration.sql': 'SELECT 1',
  'prisma/migrations/0002_more/migration.sql': 'SELECT 1',
  'node_modules/other/package.json': '{ "name": "other" }',
  '.env.example': 'DATABASE_URL=postgres://u:hunter2-of-env@db/shop\nSTRIPE_KEY=\n',
}

const blueprintOf = (text: string) =>
  parseYaml({ file: 'sandbox.yaml', text, code: 'blueprint_invalid' }, Blueprint)
const configOf = (text: string) =>
  parseYaml({ file: 'stuntdouble.yaml', text, code: 'config_invalid' }, OperatorConfig)

async function resultIn(cwd: string, ...argv: readonly string[]) {
  const { code, stdout, stderr } = await initIn(cwd, '--json', ...argv)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return InitResult.parse(JSON.parse(stdout))
}

test('a repository becomes a blueprint and a proposal of sources that both schemas take', async () => {
  await using repository = await temporaryDirectory(shop)
  const { code, stdout } = await initIn(repository.path)
  const blueprint = blueprintOf(await readFile(join(repository.path, 'sandbox.yaml'), 'utf8'))
  const text = await readFile(join(repository.path, 'stuntdouble.yaml'), 'utf8')
  const { sources, egress } = configOf(text)
  const [project = '', second = ''] = Object.keys(sources)

  expect(code).toBe(0)
  expect(blueprint.data).toEqual({ db: { source: project }, cache: { source: second } })
  expect(blueprint.workspace).toEqual({ from: '.', image: 'stuntdouble/workspace' })
  expect(project).toBe(basename(repository.path).toLowerCase().slice(0, 32))
  expect(sources[project]).toEqual({
    ...{ kind: 'postgres', policy: './masking.yaml' },
    url: `\${env:${project.toUpperCase().replaceAll('-', '_')}_READER_URL}`,
  })
  expect(sources[second]).toMatchObject({ kind: 'redis', stance: 'empty' })
  expect([blueprint.egress, egress.allow]).toEqual([[], []])
  expect(stdout).toContain(`sandbox snapshot build --source ${project}`)
})

test('comments say what was found, and why', async () => {
  await using repository = await temporaryDirectory(shop)
  const { files, found } = await resultIn(repository.path, '--dry-run')
  const text = files[0]?.text ?? ''

  expect(found.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['compose', 'devcontainer', 'node', 'python', 'go', 'ruby']),
  )
  expect(text).toContain('# Found:')
  expect(text).toContain('compose.yaml: db runs postgres:16-alpine')
  expect(text).toContain('prisma/migrations: 2 migrations for Prisma')
  expect(text).toContain('DATABASE_URL, STRIPE_KEY')
  expect(text).toMatch(/It has no Ruby:[\s\S]*It has no Go:/)
  expect(text).toContain('on 3000, 4000, 5173, 9229: `sandbox url ID --port 3000`')
  expect(text).not.toContain('other')
})

test('no value of a variable and no password is written or printed, and nothing is run', async () => {
  await using repository = await temporaryDirectory(shop)
  const { stdout, stderr } = await initIn(repository.path, '--json')
  const files = ['sandbox.yaml', 'stuntdouble.yaml'].map((name) => join(repository.path, name))
  const written = await Promise.all(files.map((file) => readFile(file, 'utf8')))

  expect(`${stdout}${stderr}${written}`).not.toContain('hunter2')
  await expect(access(join(repository.path, 'pwned'))).rejects.toThrow('ENOENT')
})

test('what is uncommented as the comments say is taken as well', async () => {
  await using repository = await temporaryDirectory({ ...shop, 'stuntdouble.yaml': '' })
  const { files } = await resultIn(repository.path)
  const asked = files[0]?.text.replace(/^# (data:| {2}\w+: \{ source|egress:)/gm, '$1') ?? ''
  const blueprint = blueprintOf(asked)

  expect(Object.keys(blueprint.data)).toEqual(['db', 'cache'])
  expect(blueprint.egress).toEqual([{ host: 'rubygems.org', scheme: 'https' }, 'npm', 'go', 'pypi'])
})

test('a stuntdouble.yaml that is there stays, and decides what a sandbox is given', async () => {
  const own = `sources:
  production: { kind: postgres, url: "\${env:UNSET}", policy: ./masking.yaml }
egress: { allow: [npm] }
`
  await using repository = await temporaryDirectory({ ...shop, 'stuntdouble.yaml': own })
  const { files, databases, next } = await resultIn(repository.path)
  const blueprint = blueprintOf(files[0]?.text ?? '')

  expect(files).toHaveLength(1)
  expect(await readFile(join(repository.path, 'stuntdouble.yaml'), 'utf8')).toBe(own)
  expect(blueprint.data).toEqual({ db: { source: 'production' } })
  expect(blueprint.egress).toEqual(['npm'])
  expect(databases.map(({ state }) => state)).toEqual(['configured', 'missing'])
  expect(next).toEqual(['sandbox snapshot build --source production', 'sandbox up'])
})

test('an operator’s file that is named counts in place of the repository’s', async () => {
  await using repository = await temporaryDirectory(shop)
  await using operator = await temporaryDirectory({
    'own.yaml': 'sources: { db: { kind: postgres, url: "postgres://x", policy: ./m.yaml } }',
  })
  const config = join(operator.path, 'own.yaml')
  const { databases } = await resultIn(repository.path, '--config', config)

  expect(databases[0]).toMatchObject({ name: 'db', source: 'db', state: 'configured' })
  await expect(access(join(repository.path, 'stuntdouble.yaml'))).rejects.toThrow('ENOENT')
})

test('without databases nothing is proposed, and `sandbox up` is all that is left', async () => {
  await using repository = await temporaryDirectory(shop)
  const { files, next } = await resultIn(repository.path, '--no-data')

  expect(files).toHaveLength(1)
  expect(blueprintOf(files[0]?.text ?? '').data).toEqual({})
  expect(next).toEqual(['sandbox up'])
})

test('what it wrote is what `sandbox up` makes a sandbox of', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using repository = await temporaryDirectory(shop)
  await initIn(repository.path, '--no-data')
  const { code, stderr } = await new Cli(orchestrator, { cwd: repository.path }).run('up', '--json')

  expect(code, stderr).toBe(0)
  const [made] = orchestrator.state.sandboxes.values()
  expect(made?.request).toMatchObject({
    blueprint: { workspace: { from: '.' } },
    workspace: expect.any(String),
  })
})

test('an empty directory gets a blueprint of its files', async () => {
  await using repository = await temporaryDirectory()
  const { files } = await resultIn(repository.path)

  expect(blueprintOf(files[0]?.text ?? '')).toMatchObject({ workspace: { from: '.' }, data: {} })
})

test('a dry run writes nothing, and prints every file', async () => {
  await using repository = await temporaryDirectory(shop)
  const { stdout } = await initIn(repository.path, '--dry-run')

  expect(stdout).toMatch(/^sandbox\.yaml:\n\n# Written[\s\S]*\nstuntdouble\.yaml:\n\n# Proposed/)
  await expect(access(join(repository.path, 'sandbox.yaml'))).rejects.toThrow('ENOENT')
  await expect(access(join(repository.path, 'stuntdouble.yaml'))).rejects.toThrow('ENOENT')
})

test('a sandbox.yaml that is there is replaced with --force alone', async () => {
  await using repository = await temporaryDirectory({ ...shop, 'sandbox.yaml': 'ttl: 1h\n' })
  const path = join(repository.path, 'sandbox.yaml')
  const { code, stdout, stderr } = await initIn(repository.path)

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/is there already[\s\S]*--force/)
  expect(await readFile(path, 'utf8')).toBe('ttl: 1h\n')
  await expect(access(join(repository.path, 'stuntdouble.yaml'))).rejects.toThrow('ENOENT')

  expect((await initIn(repository.path, '--force')).code).toBe(0)
  expect(blueprintOf(await readFile(path, 'utf8')).ttl).toBe('45m')
})

test('a directory can be named; one that is none is misuse', async () => {
  await using repository = await temporaryDirectory({ 'shop/go.mod': 'module shop\n' })
  expect((await initIn(repository.path, 'shop')).stdout).toContain('Written: shop/sandbox.yaml')

  await rm(join(repository.path, 'shop'), { recursive: true })
  const { code, stderr } = await initIn(repository.path, 'shop')
  expect(code).toBe(2)
  expect(stderr).toContain('hint:')
})

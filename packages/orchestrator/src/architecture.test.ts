import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { describe, expect, test } from 'vitest'

/** What each folder may import, by the face that bears its name. */
const below: Readonly<Record<string, readonly string[]>> = {
  openapi: [],
  reaper: ['engine'],
  doctor: ['engine', 'config'],
  sandboxes: [
    'changes',
    'snapshots',
    'workspaces',
    'doors',
    'sources',
    'egress',
    'canaries',
    'secrets',
    'recorder',
    'capabilities',
    'engine',
    'storage',
    'installation',
  ],
  snapshots: ['sources', 'secrets', 'fingerprints', 'engine', 'masking', 'storage', 'config'],
  gateway: ['previews', 'doors', 'capabilities', 'recorder', 'engine'],
  previews: ['canaries', 'doors', 'capabilities', 'engine'],
  changes: ['workspaces', 'doors', 'canaries', 'engine'],
  workspaces: ['doors', 'secrets', 'engine', 'egress'],
  doors: ['sources', 'secrets', 'capabilities', 'recorder', 'engine', 'storage'],
  sources: ['engine', 'masking'],
  capabilities: ['storage'],
  recorder: ['storage'],
  config: [],
  egress: ['config'],
  canaries: ['doors', 'secrets', 'engine'],
  secrets: ['fingerprints', 'engine', 'storage'],
  fingerprints: [],
  auth: [],
  installation: [],
  masking: [],
  engine: [],
  storage: [],
  lib: [],
}

const cwd = import.meta.dirname
const files = globSync('**/*.ts', { cwd }).filter((file) => !/test|contract/.test(file))
const imports = (file: string) =>
  [...readFileSync(join(cwd, file), 'utf8').matchAll(/from '(.+?)'/g)].map(([, path = '']) => path)

describe('dependencies point one way', () => {
  test.each(files.filter((file) => file.includes('/')))(
    '%s looks only downwards, at faces',
    (file) => {
      const [from = ''] = file.split('/')
      for (const path of imports(file).filter((path) => path.startsWith('.'))) {
        const target = join(dirname(file), path)
        const [folder = '', name] = target.split('/')
        if (folder === from || folder === 'lib') continue
        expect(below[from], `${file} imports ${target}`).toContain(folder)
        expect(name, `${file} imports ${target}`).toBe(`${folder}.ts`)
      }
    },
  )

  test('every folder has its place', () => {
    const folders = files
      .filter((file) => file.includes('/'))
      .map((file) => file.split('/')[0] ?? '')

    expect(new Set(folders).difference(new Set(Object.keys(below)))).toEqual(new Set())
  })
})

describe('a library has one place', () => {
  const places: readonly [library: string, place: RegExp][] = [
    ['dockerode', /^engine\/docker\//],
    ['node:sqlite', /^storage\//],
    ['express', /(^|\/)(routes|app)\.ts$/],
    ['pg', /^sources\/postgres\//],
    ['pg-copy-streams', /^sources\/postgres\//],
    ['pg-cursor', /^sources\/postgres\//],
    ['mysql2', /^sources\/mariadb\//],
    ['ioredis', /^sources\/redis\//],
    ['@peculiar/x509', /^egress\/broker\//],
    ['undici', /^previews\//],
    ['@modelcontextprotocol/server', /^doors\/mcp\//],
  ]

  test.each(places)('%s', (library, place) => {
    const users = files.filter((file) => imports(file).includes(library))

    expect(users).not.toEqual([])
    expect(users.filter((file) => !place.test(file))).toEqual([])
  })

  test('the environment is read by main alone', () => {
    const readers = files.filter((file) =>
      /^(?! *(\/?\*|\/\/)).*process\.env\b/m.test(readFileSync(join(cwd, file), 'utf8')),
    )

    expect(readers.filter((file) => file !== 'main.ts')).toEqual([])
  })
})

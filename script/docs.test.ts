import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { EventType } from '../packages/sdk/src/wire/wire.ts'

const root = join(import.meta.dirname, '..')
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...globSync('docs/**/*.md', { cwd: root }),
]
const textOf = (page: string) => readFileSync(join(root, page), 'utf8')

test.each(pages)('every link of %s leads somewhere', (page) => {
  const links = [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
    ([, link = '']) => link,
  )

  expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
})

test('every test that a page names exists', () => {
  const named = pages.flatMap((page) => [...textOf(page).matchAll(/`([\w./-]+\.test\.ts)`/g)])
  const places = ['', 'packages/orchestrator/src/']
  const missing = named
    .map(([, name = '']) => name)
    .filter((name) => !places.some((place) => existsSync(join(root, place, name))))

  expect(named.length).toBeGreaterThan(5)
  expect(missing).toEqual([])
})

test('every type of event stands in the table of events, and nothing else does', () => {
  const [, table = ''] = textOf('docs/lifecycle.md').split('| type | what happened | data |')
  const [rows = ''] = table.split('\n\n')
  const listed = [...rows.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, type = '']) => type),
  )

  expect(listed.toSorted()).toEqual(EventType.options.toSorted())
})

test('every family of attacks has a row in the threat model, and every row a test', () => {
  const model = textOf('docs/threat-model.md')
  const families = globSync('e2e/attacks/*.test.ts', { cwd: root })
  const [, table = ''] = model.split('## What is attacked')
  const rows = (table.split('## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| '))

  expect(families.length).toBeGreaterThan(10)
  expect(families.filter((file) => !model.includes(`\`${file}\``))).toEqual([])
  expect(rows.slice(1).filter((row) => !/`[\w./-]+\.test\.ts` \|$/.test(row))).toEqual([])
})

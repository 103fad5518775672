import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
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

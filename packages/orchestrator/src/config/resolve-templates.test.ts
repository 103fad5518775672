import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'

/** The templates of a configuration beside these files. */
function templatesOf(templates: string, files: Readonly<Record<string, string>> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'templates-'))
  try {
    const path = join(directory, 'stuntdouble.yaml')
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
    writeFileSync(path, `e2b:\n  templates:\n${templates}`)
    return loadConfig(path, {}).templates
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test('a template is a file beside the configuration, or stands in it; base is always there', () => {
  const templates = templatesOf('    shop: ./shop.yaml\n    small: { ttl: 5m }\n', {
    'shop.yaml': 'ttl: 7m\n',
  })

  expect(Object.keys(templates).toSorted()).toEqual(['base', 'shop', 'small'])
  expect(templates).toMatchObject({
    shop: { ttl: '7m' },
    small: { ttl: '5m' },
    base: { ttl: '45m' },
  })
})

test('the operator says what base is', () => {
  expect(templatesOf('    base: { ttl: 1m }\n')).toMatchObject({ base: { ttl: '1m' } })
})

test.each([
  ['    shop: ./nowhere.yaml\n', /shop.*cannot be read: ENOENT/s],
  ['    shop: ./shop.yaml\n', /shop.*ttl/s],
  ['    small: { ttl: nonsense }\n', /small/],
  ['    small: { workspace: { from: . } }\n', /small.*no client sends a directory/s],
  ['    "../x": { ttl: 1m }\n', /x/],
])('%j is complained about where it stands', (templates, complaint) => {
  expect(() => templatesOf(templates, { 'shop.yaml': 'ttl: forever\n' })).toThrow(complaint)
})

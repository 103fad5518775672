import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { presets } from './presets.ts'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/egress.md'), 'utf8')

test.each(Object.entries(presets))('docs/egress.md shows what %s stands for', (word, hosts) => {
  const [, listed = ''] = new RegExp(`^\\| \`${word}\` \\| ([^|]+) \\|`, 'm').exec(page) ?? []

  expect(listed.split(', ').toSorted()).toEqual(
    [...new Set(hosts.map(({ host }) => host))].toSorted(),
  )
})

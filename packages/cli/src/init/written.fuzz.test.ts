import { Blueprint, OperatorConfig } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzz } from '../../../../script/lib/fuzz.ts'
import { blueprintText } from './blueprint-text.ts'
import { planDatabases } from './databases.ts'
import type { FileReader, Found } from './found.ts'
import { operatorText } from './operator-text.ts'
import { compose } from './readers/compose.ts'
import { devcontainer } from './readers/devcontainer.ts'
import { manifests } from './readers/manifests.ts'
import { variables } from './readers/variables.ts'

const written = fc.oneof(
  fc.constantFrom(
    'db',
    'null',
    'true',
    'gate',
    '__proto__',
    'a\n  evil: 1',
    '# x',
    '\u001b[2J',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 24 }),
  fc.string({ maxLength: 120 }),
)
const image = fc.oneof(
  written,
  fc
    .tuple(fc.constantFrom('postgres', 'x/mariadb', 'redis'), written)
    .map((both) => both.join(':')),
)
const services = fc.dictionary(written, fc.record({ image, ports: fc.array(written) }), {
  maxKeys: 12,
})
const manifest = fc.record({ name: written, scripts: fc.dictionary(written, written) })

const readers = [compose, devcontainer, ...manifests, variables]

/** As the survey does: what a parser cannot take says nothing. */
function read(reader: FileReader, text: string, path: string): Found {
  try {
    return reader.read(text, path)
  } catch {
    return { findings: [] }
  }
}

/** Line ends are ours; no other control character, and nothing that turns the reading order. */
const inert = /^(?:\P{Cc}|\n)*$/u

test('whatever a repository calls things, both files parse, and hold no more than was planned', async () => {
  const texts = fc.tuple(services, manifest, written, written)
  await fuzz(
    fc.property(texts, ([all, json, path, project]) => {
      const files = [{ services: all }, { ...json, image: json.name }].map((file) =>
        JSON.stringify(file),
      )
      const found = readers.flatMap((reader) =>
        [...files, json.name, `module ${json.name}`].map((text) => read(reader, text, path)),
      )
      const around = { project, sources: undefined }
      const databases = planDatabases(
        found.flatMap((one) => one.databases ?? []),
        around,
      )
      const findings = found.flatMap((one) => one.findings).map((one) => ({ ...one, path: 'x' }))
      const tools = [...new Set(found.flatMap(({ tool }) => tool ?? []))]
      const blueprint = blueprintText({ findings, databases, tools, ports: [], allowed: [] })
      const operator = databases.length > 0 ? operatorText(databases) : ''

      expect(blueprint).toMatch(inert)
      expect(operator).toMatch(inert)
      const file = 'written'
      const { data, egress } = parseYaml(
        { file, text: blueprint, code: 'blueprint_invalid' },
        Blueprint,
      )
      const { sources } = parseYaml(
        { file, text: operator, code: 'config_invalid' },
        OperatorConfig,
      )
      expect(Object.keys(data)).toEqual(databases.map(({ name }) => name))
      expect(Object.values(data).map(({ source }) => source)).toEqual(Object.keys(sources))
      expect(egress).toEqual([])
    }),
  )
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  parseFilePolicy,
  parseKeyPolicy,
} from '../packages/orchestrator/src/masking/entries/entry-policy.ts'
import { Blueprint, OperatorConfig } from '../packages/sdk/src/wire/wire.ts'
import { parseYaml } from '../packages/sdk/src/yaml/located-yaml.ts'
import { blocksOf, pages } from './lib/doc-blocks.ts'

/** The test that runs every `sh` and every `ts` block of a page. */
const runBy: Readonly<Record<string, string>> = {
  'README.md': 'e2e/readme.test.ts',
  'docs/adapters.md': 'e2e/adapters.test.ts',
  'docs/brokered-credentials.md': 'e2e/broker.test.ts',
  'docs/checkpoints.md': 'e2e/readme.test.ts',
  'docs/claude-agent-sdk.md': 'packages/sdk/src/claude-agent-sdk/claude-agent-sdk.test.ts',
  'docs/e2b.md': 'e2e/readme.test.ts',
  'docs/init.md': 'e2e/init.test.ts',
  'docs/lifecycle.md': 'e2e/readme.test.ts',
  'docs/mcp.md': 'e2e/readme.test.ts',
  'docs/processes.md': 'e2e/readme.test.ts',
  'docs/run.md': 'e2e/readme.test.ts',
  'docs/sdk.md': 'e2e/sdk.test.ts',
  'docs/testing.md': 'packages/sdk/src/testing/test-orchestrator.test.ts',
}

const blocks = pages.flatMap((page) => blocksOf(page))
const inLanguage = (language: string) => blocks.filter((block) => block.language === language)

test('every block says what it is: text is a picture, or what something answers', () => {
  const known = ['sh', 'ts', 'yaml', 'json', 'text']

  expect(blocks.length).toBeGreaterThan(40)
  expect(blocks.filter(({ language }) => !known.includes(language))).toEqual([])
})

test('every page with commands or programs is run by a test that names it', () => {
  const running = new Set([...inLanguage('sh'), ...inLanguage('ts')].map(({ page }) => page))
  const root = join(import.meta.dirname, '..')
  const silent = Object.entries(runBy).filter(
    ([page, file]) => !readFileSync(join(root, file), 'utf8').includes(page.replace(/^docs\//, '')),
  )

  expect([...running].toSorted()).toEqual(Object.keys(runBy).toSorted())
  expect(silent).toEqual([])
})

/** A key that stands there twice begins another way to write it. */
function alternatives(text: string): readonly string[] {
  const ways = [new Map<string, string>()]
  let key = ''
  for (const line of text.split('\n')) {
    const [named] = /^[^\s#][^:]*(?=:)/.exec(line) ?? []
    if (named !== undefined && ways.at(-1)?.has(named)) ways.push(new Map())
    key = named ?? key
    ways.at(-1)?.set(key, `${ways.at(-1)?.get(key) ?? ''}${line}\n`)
  }
  return ways.map((way) => [...way.values()].join(''))
}

const inFile = (file: string, text: string) => ({ file, text, code: 'config_invalid' }) as const
const readers: readonly ((text: string) => unknown)[] = [
  (text) => parseYaml(inFile('sandbox.yaml', text), Blueprint),
  (text) => parseYaml(inFile('stuntdouble.yaml', text), OperatorConfig),
  (text) => parseKeyPolicy(text, 'masking.yaml'),
  (text) => parseFilePolicy(text, 'masking.yaml'),
]

function isRead(text: string): boolean {
  return readers.some((read) => {
    try {
      read(text)
      return true
    } catch {
      return false
    }
  })
}

describe('what is written in a file', () => {
  test.each(inLanguage('yaml'))('is one of ours: $page $text', ({ text }) => {
    expect(alternatives(text).filter((way) => !isRead(way))).toEqual([])
  })

  test.each(['idel: 15m\n', 'pool: sometimes\n', 'egress: [npmm]\n', '"a:*": emial\n'])(
    'is not, misspelt: %s',
    (text) => {
      expect(isRead(text)).toBe(false)
    },
  )

  test.each(inLanguage('json'))('is JSON: $page', ({ text }) => {
    expect(() => JSON.parse(text)).not.toThrow()
  })
})

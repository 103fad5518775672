import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Act } from '../call.ts'
import { programOf } from '../cli.ts'
import { runCli } from '../testing/run-cli.ts'
import { examples } from './examples.ts'
import { commandOf, pathOf, shownBelow } from './help.ts'

const stream = () => new PassThrough()
const context = {
  env: {},
  cwd: '/',
  stdin: stream(),
  stdout: stream(),
  stderr: stream(),
  orchestratorMain: '/nowhere/main.ts',
  onInterrupt: () => () => {},
}

/** The real declarations; what they lead to is noted in place of being done. */
function program() {
  const reached: string[] = []
  const act: Act =
    () =>
    async (...parameters) => {
      reached.push(pathOf(parameters.at(-1) as Parameters<typeof pathOf>[0]))
    }
  return Object.assign(programOf(context, act), { reached })
}

const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

const all = shownBelow(program())
const paths = all.map(pathOf)

test('every command has examples, and no example is of a command that is none', () => {
  expect(paths.length).toBeGreaterThan(40)
  expect(Object.keys(examples).toSorted()).toEqual(paths.toSorted())
})

test.each(all.map((command) => [pathOf(command), command] as const))(
  '%s says in one line what it does, and what each argument and option is',
  (_, command) => {
    expect(command.description()).toMatch(/^[^\n]{10,110}$/)
    for (const { description } of command.registeredArguments) expect(description).not.toBe('')
    for (const { description } of command.options) expect(description).not.toBe('')
  },
)

test.each(paths)('%s --help shows usage, options and examples', async (path) => {
  const { code, stdout } = await runCli(undefined, ...path.split(' '), '--help')
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`^Usage: sandbox ${path} `))
  expect(stdout).toContain('\nOptions:\n')
  expect(stdout).toContain(`\nExamples:\n  ${examples[path]?.[0]}\n`)
  expect(stdout.match(/\nExamples:/g)).toHaveLength(1)
})

const lines = Object.entries(examples).flatMap(([path, own]) => own.map((line) => [path, line]))

describe('examples are what the parser takes', () => {
  test.each(lines)('%s: %s', async (path = '', line = '') => {
    const parsed = program()
    const [name, ...words] = wordsOf(line)
    const dashes = words.indexOf('--')
    await parsed.parseAsync(dashes === -1 ? words : words.slice(0, dashes), { from: 'user' })

    expect(name).toBe('sandbox')
    expect(parsed.reached).toHaveLength(1)
    expect(parsed.reached[0]).toMatch(new RegExp(`^${path}\\b`))
  })

  test('and one with an unknown option would not pass', async () => {
    const parsed = program().parseAsync(['ls', '--nonsense'], { from: 'user' })
    await expect(parsed).rejects.toThrow('unknown option')
  })
})

test.each(paths)('%s with an option that it does not know names its own help', async (path) => {
  const { code, stdout, stderr } = await runCli(undefined, ...path.split(' '), '--nonsense')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`hint:  \`sandbox ${path} --help\` explains it`)
})

test('a line that names no command leads to the list of them', async () => {
  const { stderr } = await runCli(undefined, 'nonsense')
  expect(stderr).toContain('hint:  `sandbox --help` lists the commands')
  expect(pathOf(commandOf(program(), ['snapshot', '--json', 'rm', 'sn1']))).toBe('snapshot rm')
})

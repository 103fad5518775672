import { expect } from 'vitest'
import type { CommandResult } from '../lib/command-result.ts'
import { type Production, startProduction } from '../lib/production.ts'
import { type RunOptions, Stuntdouble } from '../lib/stuntdouble.ts'

/** One installation and a production with every way to be refused by it. */
export interface Bench extends AsyncDisposable {
  readonly stuntdouble: Stuntdouble
  /** The command as a person types it. */
  sandbox(args: readonly string[], options?: RunOptions): Promise<CommandResult>
  /** Did nothing but say what is wrong, in words of ours, and gave no password away. */
  expectRefusal(result: CommandResult, exitCode: number, ...words: readonly RegExp[]): void
}

export async function openBench(): Promise<Bench> {
  await using scope = new AsyncDisposableStack()
  const production = scope.use(await startProduction())
  await production.query(awkward)
  const env = sourceUrls(production)
  const stuntdouble = scope.use(await Stuntdouble.open({ env }))
  const urls = [production.url, production.adminUrl, ...Object.values(env)]
  const passwords = urls.map((url) => new URL(url).password)
  const parts = scope.move()
  return {
    stuntdouble,
    sandbox: (args, options) => stuntdouble.run(args, options),
    expectRefusal({ stdout, stderr, exitCode: left }, exitCode, ...words) {
      expect({ exitCode: left, stdout }, stderr).toEqual({ exitCode, stdout: '' })
      for (const word of words) expect(stderr).toMatch(word)
      expect(stderr).toMatch(/^hint: +\S/m)
      expect(stderr).not.toMatch(/^ {4}at /m)
      for (const password of passwords) expect(stderr).not.toContain(password)
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

const names = ['shop', 'unreachable', 'mistyped', 'absent', 'unprivileged', 'hidden']

/** A configuration with every source, good and bad. */
export const allSources = `sources:\n${names
  .map((name) => {
    const schemas = name === 'hidden' ? 'hidden' : 'public'
    const url = `\${env:${name.toUpperCase()}_URL}`
    return `  ${name}: { kind: postgres, url: "${url}", policy: ./${name}.yaml, schemas: [${schemas}] }\n`
  })
  .join('')}`

function sourceUrls({ url }: Production) {
  const other = (change: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'host'>>) =>
    Object.assign(new URL(url), change).href
  return {
    SHOP_URL: url,
    HIDDEN_URL: url,
    UNREACHABLE_URL: other({ host: '127.0.0.1:1', password: 'canary-unreachable-31b7' }),
    MISTYPED_URL: other({ password: 'canary-mistyped-55d2' }),
    ABSENT_URL: other({ pathname: '/absent' }),
    UNPRIVILEGED_URL: other({ username: 'nobody', password: 'canary-nobody-90aa' }),
  }
}

const awkward = `
  CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL);
  INSERT INTO people VALUES (1, 'Ada Lovelace', 'ada@shop.example');
  CREATE SCHEMA hidden;
  CREATE TABLE hidden.notes (id int PRIMARY KEY, note text);
  ALTER TABLE hidden.notes ENABLE ROW LEVEL SECURITY;
  CREATE ROLE nobody LOGIN PASSWORD 'canary-nobody-90aa'`

import { regionsOf } from './anchors.ts'
import { namedValuesIn } from './named-values.ts'
import { secretShapesAt } from './patterns.ts'
import { findSecrets } from './secretlint.ts'
import { linesIn } from './windows.ts'

/** What looks like a secret. Its text goes nowhere but into a fingerprint. */
export interface Suspect {
  readonly rule: string
  /** Of the text, from 0. */
  readonly line: number
  readonly text: string
}

/** What in a text without zeros looks like a secret: by secretlint’s rules and by ours. */
export async function suspectsIn(path: string, text: Buffer): Promise<Suspect[]> {
  const suspects = namedValuesIn(text).map(
    ({ start, end }): Suspect => ({
      ...{
        rule: 'a value beside a name that says secret',
        text: text.toString('latin1', start, end),
      },
      line: linesIn(text.subarray(0, start)),
    }),
  )
  for (const { start, end } of regionsOf(text)) {
    const above = linesIn(text.subarray(0, start))
    const found = await suspectsInRegion(path, text.toString('utf8', start, end))
    suspects.push(...found.map((suspect) => ({ ...suspect, line: above + suspect.line })))
  }
  return suspects.filter(({ text }) => !isExample(text))
}

async function suspectsInRegion(path: string, text: string): Promise<Suspect[]> {
  const places = [...(await findSecrets(path, text)), ...secretShapesAt(text)]
  return places
    .filter(({ rule, start }) => rule !== 'private key' || holdsKey(text.slice(start)))
    .map(({ rule, start, end }) => ({
      rule: rule.replace(/^secretlint-rule-/, ''),
      text: text.slice(start, end),
      line: linesBefore(text, start),
    }))
}

function linesBefore(text: string, end: number): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1))
    lines += 1
  return lines
}

/** A program that reads keys names their first line too, and nothing of one comes after. */
const holdsKey = (text: string) =>
  /^-----BEGIN [^-]{0,60}-----.{0,400}?[A-Za-z0-9+/]{40}/s.test(text)

/** The keys of the providers’ own documentation; passwords to be filled in, and those of every example. */
const isExample = (text: string) => /EXAMPLE(?:KEY)?$/.test(text) || examplePassword.test(text)

const examplePassword =
  /:\/\/([^:/@\s]*):(?:\\?[<{[$*•…]|%[sd({]|(?:\1|pass|pw|pwd|password|secret|changeme|example|postgres|mysql|root|admin|test|x+|\.+)@)/i

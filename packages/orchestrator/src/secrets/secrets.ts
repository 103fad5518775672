import { SandboxError } from '@stuntdouble/sdk/errors'
import { isForbiddenName } from './forbidden-names.ts'
import { secretShapesInCode } from './patterns.ts'
import { findSecrets } from './secretlint.ts'
import { textWindows } from './text-windows.ts'

export { secretHint, secretShapesIn, withoutSecrets } from './patterns.ts'

/** What of a statement looks like a secret: the rules, never the value. */
export async function secretsInCode(text: string): Promise<string[]> {
  const linted = (await findSecrets('statement.sql', text)).map(({ rule }) => rule)
  return [...new Set([...secretShapesInCode(text), ...linted])]
}

/** Looks for production secrets in what is about to enter a sandbox. No scanner, no sandbox. */
export interface Scanner {
  /** Throws `secret_found` for a file that exists to hold secrets. */
  checkName(path: string): void
  /** Reads the content to its end. Throws `secret_found` naming file, line and rule, never the value. */
  checkContent(path: string, content: AsyncIterable<Buffer>): Promise<void>
}

export function openScanner(): Scanner {
  return {
    checkName(path) {
      if (isForbiddenName(path)) throw secretFile(path)
    },
    async checkContent(path, content) {
      for await (const { text, firstLine } of textWindows(content)) {
        const [found] = await findSecrets(path, text)
        if (found) throw secretFound(path, firstLine + found.line - 1, found.rule)
      }
    },
  }
}

const secretFile = (path: string) =>
  new SandboxError('secret_found', `${path}: a file of this name holds secrets.`, {
    hint: 'Leave it out: list it in .gitignore. A sandbox gets credentials of its own, for its own data.',
    details: { file: path },
  })

const secretFound = (path: string, line: number, rule: string) =>
  new SandboxError('secret_found', `${path}:${line}: looks like a secret (${rule}).`, {
    hint: 'Remove it from the file and rotate it if it was real; no sandbox was created.',
    details: { file: path, line, rule },
  })

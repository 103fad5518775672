import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What `${env:…}` and `${file:…}` of one configuration file may look at. */
export interface Scope {
  /** The configuration's own, absolute. */
  readonly path: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly warn: (text: string) => void
}

interface Filled {
  readonly text: string
  /** Name the variable or the file, never what was in one. */
  readonly problems: readonly string[]
}

/**
 * Fills in `${env:NAME}` and `${file:PATH}`. What was filled in is not looked at again. Where a
 * placeholder is a URL's whole password it is percent-encoded, so that it may hold any character.
 */
export function fillIn(template: string, scope: Scope): Filled {
  const problems: string[] = []
  const text = template.replaceAll(placeholder, (_, before = '', inside: string) => {
    const value = lookUp(inside, scope)
    if (value.problem === undefined)
      return before + (before ? encodeURIComponent : String)(value.text)
    problems.push(value.problem)
    return before
  })
  return { text, problems }
}

/** With the colon before it where it is a password: `user:${…}@`. */
const placeholder = /((?<=\/\/[^/:@]*):(?=\$\{[^}]*\}@))?\$\{([^}]*)\}/g

type Value = { readonly text: string; readonly problem?: undefined } | { readonly problem: string }

function lookUp(inside: string, scope: Scope): Value {
  const [, kind, name] = /^(env|file):(.+)$/.exec(inside) ?? []
  if (kind === 'env' && name) return variable(name, scope)
  if (kind === 'file' && name) return file(name, scope)
  return { problem: `may only hold \${env:NAME} and \${file:PATH}` }
}

function variable(name: string, { environment }: Scope): Value {
  const text = Object.hasOwn(environment, name) ? environment[name] : undefined
  if (text) return { text }
  return {
    problem: `the environment variable ${name} is not set${text === '' ? ' to anything' : ''}`,
  }
}

function file(name: string, scope: Scope): Value {
  const path = resolve(dirname(scope.path), name)
  try {
    const { mode } = statSync(path)
    if ((mode & 0o004) !== 0)
      scope.warn(`${path} can be read by everyone on this machine: chmod 600 it.`)
    return { text: readFileSync(path, 'utf8').trimEnd() }
  } catch (cause) {
    return { problem: `the file ${path} cannot be read: ${(cause as NodeJS.ErrnoException).code}` }
  }
}

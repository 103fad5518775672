import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** What a reader may take over from a page: decisions are history, and not among them. */
export const pages = ['README.md', 'ARCHITECTURE.md', ...globSync('docs/*.md', { cwd: root })]

/** A fenced block of a page, without the indentation of the list it stands in. */
export interface DocBlock {
  readonly page: string
  readonly language: string
  readonly text: string
}

export function blocksOf(page: string, language?: string): readonly DocBlock[] {
  const source = readFileSync(join(root, page), 'utf8')
  const fences = source.matchAll(/^( *)```(.*)\n([\s\S]*?)^\1```$/gm)
  return [...fences]
    .map(([, indent = '', language = '', text = '']) => ({
      ...{ page, language, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') },
    }))
    .filter((block) => language === undefined || block.language === language)
}

/** All programs, or all commands, of a page as one. */
export const programOf = (page: string, language: 'sh' | 'ts') =>
  blocksOf(page, language)
    .map(({ text }) => text)
    .join('\n')

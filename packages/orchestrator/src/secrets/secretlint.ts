import { posix } from 'node:path'

export interface FoundSecret {
  /** Of the text, from 1. */
  readonly line: number
  readonly rule: string
}

const preset = '@secretlint/secretlint-rule-preset-recommend'

/** secretlint’s recommended rules over one text. What was found is masked before we see it. */
export async function findSecrets(path: string, text: string): Promise<FoundSecret[]> {
  const { lintSource, creator } = await linter()
  const { messages } = await lintSource({
    source: { content: text, filePath: path, ext: posix.extname(path), contentType: 'text' },
    options: {
      maskSecrets: true,
      noPhysicFilePath: true,
      config: { rules: [{ id: preset, rule: creator }] },
    },
  })
  return messages
    .filter(({ type }) => type === 'message')
    .map(({ loc, ruleId }) => ({ line: loc.start.line, rule: ruleId.split('/').at(-1) ?? ruleId }))
}

/** Loaded when first asked: a thread that looks for shapes alone is spared its memory. */
async function linter() {
  const { lintSource } = await import('@secretlint/core')
  const { creator } = await import('@secretlint/secretlint-rule-preset-recommend')
  return { lintSource, creator }
}

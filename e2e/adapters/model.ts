import { MockLanguageModelV4 } from 'ai/test'

type Result = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>

const usage: Result['usage'] = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
}

/** The framework’s own stand-in for a model: runs what it was asked as a command, and says what came of it. */
export const model = new MockLanguageModelV4({
  doGenerate: async ({ prompt }): Promise<Result> => {
    const answer = prompt.findLast(({ role }) => role === 'tool')
    if (answer) return { ...said(JSON.stringify(answer.content)), usage, warnings: [] }
    const asked = prompt.findLast(({ role }) => role === 'user')?.content
    const text = Array.isArray(asked) && asked[0]?.type === 'text' ? asked[0].text : ''
    return { ...calling(text), usage, warnings: [] }
  },
})

const said = (text: string): Pick<Result, 'content' | 'finishReason'> => ({
  content: [{ type: 'text', text }],
  finishReason: { unified: 'stop', raw: undefined },
})

const calling = (text: string): Pick<Result, 'content' | 'finishReason'> => ({
  content: [
    {
      ...{ type: 'tool-call', toolCallId: '1', toolName: 'run_command' },
      input: JSON.stringify({ command: text.endsWith('?') ? `echo '${text}'` : text }),
    },
  ],
  finishReason: { unified: 'tool-calls', raw: undefined },
})

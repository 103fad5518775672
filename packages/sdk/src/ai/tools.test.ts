import { generateText, stepCountIs } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import { expect, test } from 'vitest'
import { Sandbox } from '../sandbox/sandbox.ts'
import { startFakeOrchestrator } from '../testing/fake-orchestrator.ts'
import { sandboxTools } from './tools.ts'

type Result = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>

const usage: Result['usage'] = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
}

/** A model that calls one tool, and then says what it was answered. */
const modelThatCalls = (toolName: string, input: object) =>
  new MockLanguageModelV4({
    doGenerate: async ({ prompt }): Promise<Result> => {
      const rest = { usage, warnings: [] }
      const last = prompt.at(-1)
      if (last?.role === 'tool') {
        const text = JSON.stringify(last.content)
        const finishReason = { unified: 'stop', raw: undefined } as const
        return { ...rest, content: [{ type: 'text', text }], finishReason }
      }
      const call = { type: 'tool-call', toolCallId: '1', toolName, input: JSON.stringify(input) }
      const finishReason = { unified: 'tool-calls', raw: undefined } as const
      return { ...rest, content: [call as Result['content'][number]], finishReason }
    },
  })

/** What the model reads of a tool’s answer, through the framework’s own loop. */
async function asked(box: Sandbox, toolName: string, input: object): Promise<string> {
  const { text } = await generateText({
    model: modelThatCalls(toolName, input),
    tools: sandboxTools(box),
    prompt: 'Do it.',
    stopWhen: stepCountIs(3),
  })
  return text
}

async function openBox(orchestrator: { readonly url: string; readonly apiKey: string }) {
  return await Sandbox.create({ ...orchestrator, blueprint: { data: { db: { source: 'shop' } } } })
}

test('a model writes, lists, reads and runs, by the framework’s own loop', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await openBox(orchestrator)

  expect(await asked(box, 'write_file', { path: 'a/b.txt', content: '1\n2\n3\n' })).toContain('6')
  expect(await asked(box, 'list_files', { path: 'a' })).toContain('b.txt')
  const lines = await asked(box, 'read_file', { path: 'a/b.txt', start_line: 2, end_line: 3 })
  expect(lines).toContain('"2\\n3"')
  const ran = await asked(box, 'run_command', { command: 'cat a/b.txt | wc -l; exit 4' })
  expect(ran).toContain('"exitCode":4')
  expect(ran).toContain('"stdout":"3\\n"')
})

test('a statement goes to the first database, or to the one that is named', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await openBox(orchestrator)

  const answer = await asked(box, 'query_database', { sql: 'SELECT $1', parameters: [7] })
  expect(answer).toContain('[["db","SELECT $1",7]]')
  const other = await asked(box, 'query_database', { sql: 'SELECT 1', database: 'other' })
  expect(other).toContain('has no database')
})

test('what goes wrong is told with what to do about it, and the loop goes on', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await openBox(orchestrator)
  const answer = await asked(box, 'read_file', { path: 'missing' })

  expect(answer).toContain('no \\"missing\\"')
  expect(answer).toContain('list_files')
})

test('of an output that is long the model reads the beginning and the end', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await openBox(orchestrator)
  const command = 'printf first; head -c 200000 /dev/zero | tr "\\0" x; printf last'
  const answer = await asked(box, 'run_command', { command })

  expect(answer.length).toBeLessThan(40_000)
  expect(answer).toMatch(/first.*170009 bytes left out.*last/)
})

test('arguments that do not fit the tool are refused by the framework, and nothing runs', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await openBox(orchestrator)
  const { length } = orchestrator.state.requests

  expect(await asked(box, 'run_command', { command: 7 })).toContain('Invalid input')
  expect(orchestrator.state.requests).toHaveLength(length)
})

import type { McpServer, ServerContext, ToolAnnotations } from '@modelcontextprotocol/server'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { PortView } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { asSandboxError } from '../../lib/progress-response.ts'
import type { Ground } from './ground.ts'
import { reporterOf } from './reporter.ts'

/** What a tool is told, and how it is seen by who calls it. */
export interface ToolSpec<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string
  readonly title: string
  /** For a model: what it does, what it does not, what to do next. */
  readonly description: string
  readonly input: Input
  readonly output: Output
  readonly annotations: ToolAnnotations
}

/** One use of a tool. */
export interface Asked {
  /** Aborts when it was cancelled, or its caller went away. */
  readonly signal: AbortSignal
  /** Tells who asked for it how far the work is. */
  readonly report: (message: string) => void
}

/** One use of a tool in one sandbox, whose beginning end aborts it as well. */
export interface ToolCall extends Asked {
  readonly sandbox: string
  /** Where a port of it is seen from, by links for its caller to hand on. */
  readonly viewPort: (port: number) => PortView
}

/** The same twice: for programs, by the output’s schema, and as a model reads it best. */
export interface ToolAnswer<Output> {
  readonly structured: Output
  readonly text: string
}

type Run<Input extends z.ZodObject, Output extends z.ZodObject, Call> = (
  input: z.output<Input>,
  call: Call,
) => Promise<ToolAnswer<z.input<Output>>>

export type AddTool = (server: McpServer, ground: Ground) => void

/** Where one connection leads to many sandboxes, each call says which. */
const Which = z.object({
  sandbox: z.string().max(40).describe('The sandbox’s id, as sandbox_create tells it.'),
})

interface SandboxToolSpec<Input extends z.ZodObject, Output extends z.ZodObject>
  extends ToolSpec<Input, Output> {
  /** It ends every use of its sandbox, so it counts as one and does not stay one. */
  readonly endsUses?: boolean
}

/** A tool that acts in a sandbox. */
export const sandboxTool =
  <Input extends z.ZodObject, Output extends z.ZodObject>(
    { endsUses = false, ...spec }: SandboxToolSpec<Input, Output>,
    run: Run<Input, Output, ToolCall>,
  ): AddTool =>
  (server, ground) => {
    const input = ground.fixed ? spec.input : spec.input.extend(Which.shape)
    const runInside = async (given: object, { signal: asked, report }: Asked) => {
      const { sandbox: named = '', ...rest } = given as { readonly sandbox?: string }
      const ended = new AbortController()
      using entered = ground.enter(named, (why = sandboxEnded()) => ended.abort(why))
      const { sandbox, viewPort } = entered
      if (endsUses) entered[Symbol.dispose]()
      const signal = AbortSignal.any([asked, ended.signal])
      const call = { sandbox, viewPort, signal, report }
      return await untilAborted(run(rest as z.output<Input>, call), signal)
    }
    tool({ ...spec, input }, runInside)(server, ground)
  }

/**
 * A tool. Whatever goes wrong is a result that says what to do next, for a model reads results and not
 * the protocol’s errors.
 */
export const tool =
  <Input extends z.ZodObject, Output extends z.ZodObject>(
    { name, input, output, ...told }: ToolSpec<Input, Output>,
    run: Run<Input, Output, Asked>,
  ): AddTool =>
  (server, ground) => {
    const work = async (given: z.output<Input>, context: ServerContext) => {
      using asked = ground.inFlight.begin(context.mcpReq.id)
      using reporter = reporterOf(context)
      const signal = AbortSignal.any([asked.signal, ground.signal, context.mcpReq.signal])
      return await untilAborted(run(given, { signal, report: reporter.report }), signal)
    }
    server.registerTool(
      name,
      { ...told, inputSchema: input as z.ZodObject, outputSchema: output as z.ZodObject },
      (given, context) => answered(() => work(given as z.output<Input>, context), ground.onFailure),
    )
  }

async function answered(
  work: () => Promise<ToolAnswer<unknown>>,
  onFailure: (cause: unknown) => void,
) {
  try {
    const { structured, text } = await work()
    return {
      structuredContent: structured as Record<string, unknown>,
      content: [{ type: 'text' as const, text }],
    }
  } catch (cause) {
    const { message, hint, code } = asSandboxError(cause)
    onFailure(cause)
    const text = `${message}\n${hint}\n(${code})`
    return { isError: true, content: [{ type: 'text' as const, text }] }
  }
}

/** What was aborted may take its time to end; who asked hears at once. */
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>()
  const give = () => aborted.reject(reasonOf(signal))
  if (signal.aborted) give()
  else signal.addEventListener('abort', give, { once: true })
  return Promise.race([work, aborted.promise]).finally(() =>
    signal.removeEventListener('abort', give),
  )
}

const reasonOf = ({ reason }: AbortSignal) =>
  reason instanceof SandboxError ? reason : cancelled()

const sandboxEnded = () =>
  new SandboxError('sandbox_gone', 'The sandbox has ended.', {
    hint: 'Nothing more can be done in it; ask for a new one.',
  })

const cancelled = () =>
  new SandboxError('conflict', 'The call was cancelled, and what it ran was ended.', {
    hint: 'Call again when it is wanted.',
  })

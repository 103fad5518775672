import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { describeEngine } from '../contract.ts'
import { contractCommands as commands } from '../contract-commands.ts'
import { anySignal, aPod, type EngineUnderTest } from '../contract-pods.ts'
import { type FakeEngine, openFakeEngine } from './fake-engine.ts'
import type { FakeProgram } from './fake-process.ts'

const image = 'stuntdouble/workspace'

describeEngine('fake', openUnderTest)

test('a failure asked for happens once', async ({ signal }) => {
  await using under = await openUnderTest()
  const pod = aPod(under)

  under.engine.failNext('start')
  await expect(under.engine.start(pod, signal)).rejects.toMatchObject({ code: 'engine_failed' })
  await expect(under.engine.start(pod, signal)).resolves.toBeUndefined()
})

test('a gate that dies takes the pod with it', async ({ signal }) => {
  await using under = await openUnderTest()
  const pod = aPod(under)

  await under.engine.start(pod, signal)
  under.engine.die(pod.id)
  const states = (await under.engine.observe(pod.id, signal)).map(({ state }) => state)
  expect(new Set(states)).toEqual(new Set(['exited']))
})

async function openUnderTest(): Promise<EngineUnderTest & { readonly engine: FakeEngine }> {
  let now = Date.UTC(2026, 0, 1)
  const engine = openFakeEngine({
    now: () => now,
    program: shell,
  })
  await engine.images.ensure(image, () => {}, anySignal())
  return {
    engine,
    image,
    now: () => now,
    pass: async (ms) => {
      now += ms
    },
    listenInside: async (pod, port, greeting) =>
      engine.listen(pod, port, (socket) => void socket.end(greeting)),
    readOut: (pod) => text(engine.dialOut(pod)),
    killContainer: async (pod, name) => engine.die(pod, name),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

/** The contract's commands, by heart. */
const programs: Readonly<Record<string, FakeProgram>> = {
  [commands.bothOutputs.join(' ')]: ({ stdout, stderr }) => {
    stdout.write('out\n')
    stderr.write('err\n')
    return 3
  },
  [commands.echo.join(' ')]: async ({ stdin, stdout }) => {
    for await (const chunk of stdin) if (!stdout.write(chunk)) await sleep(0)
    return 0
  },
  [commands.environment.join(' ')]: ({ env, workingDirectory, stdout }) => {
    stdout.write(`${env.COLOUR} ${workingDirectory}\n`)
    return 0
  },
  [commands.wait.join(' ')]: () => new Promise(() => {}),
  [commands.busy.join(' ')]: () => 0,
  [commands.endless.join(' ')]: async ({ stdout, signal }) => {
    while (!signal.aborted) if (!stdout.write('y\n'.repeat(1000))) await sleep(1)
    return 0
  },
}

const shell: FakeProgram = (command) => {
  const program = programs[command.command.join(' ')]
  if (program === undefined) throw new Error(`the fake has no ${command.command.join(' ')}`)
  return program(command)
}

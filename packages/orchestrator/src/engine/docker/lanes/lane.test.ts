import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { ExecSpec } from '../../engine.ts'
import { Lane } from './lane.ts'
import { NotBegun, startOnLane } from './lane-process.ts'

const command: ExecSpec = { command: ['true'], env: {}, workingDirectory: '/' }
const target = { pod: 'sb1', hasEnded: async () => false }

/** A lane, and the end of it that a container has. */
function aLane() {
  const [ours, theirs] = duplexPair()
  return { lane: new Lane(ours as unknown as Socket), runner: theirs as Duplex }
}

/** In the engine's framing, as what a program wrote to its output. */
function written(bytes: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header[0] = 1
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}

function framed(type: string, payload: Buffer, length = payload.length): Buffer {
  const header = Buffer.alloc(5)
  header.write(type, 'latin1')
  header.writeUInt32BE(length, 1)
  return Buffer.concat([header, payload])
}

const number = (type: string, value: number) => {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(value)
  return framed(type, payload)
}

const hello = number('H', 1)
const begun = number('B', 0)
const output = (said: string) => framed('O', Buffer.from(said))

async function started(...more: readonly Buffer[]) {
  const { lane, runner } = aLane()
  runner.write(written(hello))
  await lane.opened
  const starting = startOnLane(lane, target, command)
  runner.write(written(Buffer.concat([begun, ...more])))
  return { lane, runner, process: await starting }
}

test('outputs and exit come from their frames, however they are cut', async () => {
  const { lane, runner } = aLane()
  const all = Buffer.concat([
    ...[begun, output('one'), framed('P', Buffer.from('err'))],
    ...[output('two'), number('X', 3)],
  ])
  runner.write(written(hello))
  await lane.opened
  const starting = startOnLane(lane, target, command)
  for (const byte of all) runner.write(written(Buffer.from([byte])))
  const process = await starting

  const said = await Promise.all([text(process.stdout), text(process.stderr), process.exit])
  expect(said).toEqual(['onetwo', 'err', 3])
  expect(lane.isIdle).toBe(true)
})

test('a lane carries the next command, which hears nothing of the last one', async () => {
  const { lane, runner, process } = await started(output('first'), number('X', 0))
  expect(await text(process.stdout)).toBe('first')
  const next = startOnLane(lane, target, command)
  runner.write(written(Buffer.concat([begun, output('second'), number('X', 1)])))
  expect(await text((await next).stdout)).toBe('second')
  expect([await process.exit, await (await next).exit]).toEqual([0, 1])
})

test.each([
  ['an unknown word', framed('Z', Buffer.from('abcd'))],
  ['output without end', framed('O', Buffer.alloc(8), 2 ** 31)],
  ['output of nothing', framed('O', Buffer.alloc(0))],
  ['an exit of another length', framed('X', Buffer.alloc(8))],
  ['an exit that is no code', number('X', 256)],
  ['a second beginning', begun],
  ['a second hello', hello],
  ['a failure after the beginning', number('F', 1)],
  ['more credit than was used', number('C', 1)],
  ['an endless credit', number('C', 2 ** 32 - 1)],
  ['an error in the engine’s words', Buffer.from('OCI runtime exec failed: no room\r\n')],
])('%s ends the lane, and the command with a reason', async (_, forged) => {
  const { lane, process } = await started(output('before'), forged)

  await expect(process.exit).rejects.toMatchObject({ code: 'engine_failed', retryable: true })
  expect(await text(process.stdout)).toBe('before')
  expect(lane.isIdle).toBe(false)
})

test.each([
  ['an exit', number('X', 0)],
  ['output', output('for whom?')],
])('%s while no command runs ends the lane, and reaches nobody', async (_, forged) => {
  const { lane, runner, process } = await started(number('X', 0))
  process.stdout.resume()
  await process.exit
  runner.write(written(forged))
  await lane.closed
  expect(lane.isIdle).toBe(false)
})

test.each([
  ['of another version', number('H', 2)],
  ['that is none of ours', Buffer.from('sh: 1: R: not found\n')],
  ['that speaks before it is asked', number('X', 0)],
])('a runner %s is not taken', async (_, said) => {
  const { lane, runner } = aLane()
  runner.write(written(said))
  await expect(lane.opened).rejects.toMatchObject({ code: 'engine_failed' })
})

test.each([
  ['could not start it', number('F', 11)],
  ['ended before', undefined],
])('a command whose runner %s may be started elsewhere', async (_, said) => {
  const { lane, runner } = aLane()
  runner.write(written(hello))
  await lane.opened
  const starting = startOnLane(lane, target, command)
  if (said) runner.write(written(said))
  else runner.end()
  await expect(starting).rejects.toBeInstanceOf(NotBegun)
  expect(lane.isIdle).toBe(false)
})

test('a command that no runner takes is not sent', async () => {
  const { lane, runner } = aLane()
  runner.write(written(hello))
  await lane.opened
  for (const words of [[], ['a\0b'], ['x'.repeat(5_000_000)]]) {
    const starting = startOnLane(lane, target, { ...command, command: words })
    await expect(starting).rejects.toBeInstanceOf(NotBegun)
  }
  expect(lane.isIdle).toBe(true)
})

test('no more input is sent than there is room for', async () => {
  const { runner, process } = await started()
  let sent = 0
  runner.on('data', (chunk: Buffer) => {
    sent += chunk.length
  })
  process.stdin.write(Buffer.alloc(2 ** 20))
  await once(runner, 'data')
  await new Promise((turn) => setImmediate(turn))
  expect(sent).toBeLessThan(300_000)
  runner.write(written(number('C', 256 * 1024)))
  await expect.poll(() => sent).toBeGreaterThan(500_000)
})

test('a reader who is slow holds the lane back, until the command is killed', async () => {
  const { runner, process } = await started()
  const block = written(framed('O', Buffer.alloc(32 * 1024)))
  let taken = 0
  for (let count = 0; count < 100; count += 1) runner.write(block, () => (taken += 1))
  await new Promise((turn) => setTimeout(turn, 50))
  expect(taken).toBeLessThan(20)

  const killed = process.kill()
  runner.write(written(number('X', 137)))
  await killed
  expect(await process.exit).toBe(137)
})

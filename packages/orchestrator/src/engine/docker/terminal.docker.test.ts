import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { exec, startedPod } from '../contract-pods.ts'
import { openDockerUnderTest } from './docker-under-test.ts'

const under = await openDockerUnderTest()
afterAll(() => under[Symbol.asyncDispose]())

test('a terminal has the size it was given, and the one it is given later', async () => {
  const pod = await startedPod(under)
  const script = 'read a; stty size; read b; stty size; exit 4'

  const run = await exec(under, pod, ['sh', '-c', script], { tty: { cols: 91, rows: 33 } })
  run.stdin.write('first\n')
  const output = text(run.stdout)
  await new Promise((shown) => setTimeout(shown, 500))
  await run.resize(100, 40)
  run.stdin.write('second\n')
  expect(await output).toMatch(/33 91[\s\S]*40 100/)
  expect(await run.exit).toBe(4)
})

import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { pausedStream, pausedTerminal } from './paused-reader.ts'
import { plainSaid } from './plain-container.ts'
import { said } from './scene.ts'

const mebibyte = 1024 ** 2
const configuration = 'limits: { poolSize: 6g }\n'

let stuntdouble: Stuntdouble
let control: ControlClient
let neighbour: Sandbox
beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({ files: { 'stuntdouble.yaml': configuration } })
  await stuntdouble.json(['ls'])
  control = await stuntdouble.control()
  neighbour = await boxWith({})
})
afterAll(() => stuntdouble?.[Symbol.asyncDispose]())

async function boxWith(limits: { memory?: string; pids?: number; disk?: string }) {
  const blueprint = { limits: { memory: '256m', pids: 64, disk: '1g', ...limits } }
  return Sandbox.of(await control.createSandbox({ ttl: '10m', blueprint }), control)
}

/** The names of the limits that the journal says it reached. */
async function reached(box: Sandbox): Promise<readonly unknown[]> {
  const events = await control.events(box.id)
  return events.filter(({ type }) => type === 'limit_reached').map(({ data }) => data.limit)
}

async function endedBy(box: Sandbox): Promise<string | null> {
  return (await control.sandbox(box.id)).endReason
}

const soon = { timeout: 60_000, interval: 250 }
const neighbourIsWell = async () => {
  expect(await said(neighbour, 'echo well > f && cat f')).toBe('well\n')
}

/** Whether every one of so many was had, and what stood in the way. */
const manyProcesses =
  'for i in $(seq 300); do sleep 20 & done 2>/dev/null; jobs -r | wc -l; kill $(jobs -p) 2>/dev/null; true'
const muchMemory = `python3 -c 'x = bytearray(400 * 2**20); print("TOOK", len(x))'; echo "code $?"`
const openFiles = `python3 - <<'END'
import os
held = []
try:
    for _ in range(18_000): held.append(os.open('/dev/null', os.O_RDONLY))
except OSError as error: print('STOPPED', error.errno)
print('HELD', len(held))
END`
const temporaryBytes =
  'head -c 400M /dev/zero > /tmp/fill 2>/dev/null; stat -c %s /tmp/fill; rm -f /tmp/fill'
const temporaryFiles = `python3 - <<'END'
import os
os.mkdir('/tmp/many')
try:
    for n in range(80000): open(f'/tmp/many/{n}', 'w').close()
except OSError as error: print('STOPPED', error.errno)
print('MADE', len(os.listdir('/tmp/many')))
END
rm -rf /tmp/many`
const oneHugeFile = 'truncate -s 100G huge 2>/dev/null; stat -c %s huge 2>/dev/null; rm -f huge'
const logBomb =
  '{ head -c 3M /dev/zero | tr "\\0" x > /proc/1/fd/1; } 2>/dev/null && echo WROTE || echo REFUSED'
const diskFiller = 'head -c 1500M /dev/zero > fill; stat -c "SIZE %s" fill'
/** No walk finds them, and the room they take comes back with the end of the process alone. */
const hiddenFiller = `python3 - <<'END'
import os, time
held = []
for n in range(3):
    held.append(os.open(f'f{n}', os.O_CREAT | os.O_RDWR))
    os.unlink(f'f{n}')
    for _ in range(400): os.write(held[-1], bytes(2**20))
print('HOLDS', sum(os.fstat(each).st_size for each in held), 'SEES', len(os.listdir('.')), flush=True)
time.sleep(float(os.environ.get('HOLD', 0)))
END`
/** Deeper than a path may be long, so that only a walk that keeps its place finds them. */
const inodeFiller = `python3 - <<'END'
import os
for level in range(40):
    os.mkdir('d' * 200); os.chdir('d' * 200)
for n in range(150000): os.mknod(f'f{n}')
print('MADE', len(os.listdir('.')))
END`

describe('processes', () => {
  test('stop at their limit, which is told', async () => {
    expect(Number((await plainSaid(manyProcesses)).match(/\d+/)?.[0])).toBe(300)

    await using box = await boxWith({})
    expect(Number((await said(box, manyProcesses)).match(/^\d+$/m)?.[0] ?? 0)).toBeLessThan(64)
    await expect.poll(() => reached(box), soon).toEqual(['pids'])
    await neighbourIsWell()
  })
})

describe('memory', () => {
  test('ends a process at the limit, which is told also when the sandbox ends at once', async () => {
    expect(await plainSaid(muchMemory)).toContain(`TOOK ${400 * mebibyte}`)

    const box = await boxWith({})
    expect(await said(box, muchMemory)).toMatch(/^code 137$/m)
    await neighbourIsWell()
    expect(await box.kill()).toMatchObject({ clean: true, reason: 'down' })
    expect(await reached(box)).toEqual(['memory'])
  })
})

describe('files', () => {
  test('that are open stop at their limit', async () => {
    expect(await plainSaid(openFiles)).toContain('HELD 18000')

    await using box = await boxWith({})
    expect(await said(box, openFiles)).toMatch(/STOPPED 24\nHELD 163\d\d/)
  })

  test('that are temporary stop at their bytes, and at their number', async () => {
    expect(await plainSaid(temporaryBytes)).toContain(String(400 * mebibyte))
    expect(await plainSaid(temporaryFiles)).toContain('MADE 80000')

    await using box = await boxWith({})
    expect(Number((await said(box, temporaryBytes)).match(/^\d+$/m)?.[0])).toBeLessThanOrEqual(
      64 * mebibyte,
    )
    const many = await said(box, temporaryFiles)
    expect(many).toContain('STOPPED 28')
    expect(Number(many.match(/MADE (\d+)/)?.[1])).toBeLessThan(65_536)
  })

  test('are none of them larger than the disk limit, sparse ones neither', async () => {
    expect(await plainSaid(oneHugeFile)).toContain(String(100 * 1024 ** 3))

    await using box = await boxWith({})
    expect(await said(box, `${oneHugeFile}; echo "code $?"`)).not.toMatch(/^107374182400$/m)
  })
})

describe('logs', () => {
  test('of a container cannot be written to by the agent', async () => {
    expect(await plainSaid(logBomb)).toContain('WROTE')

    await using box = await boxWith({})
    expect(await said(box, logBomb)).toBe('REFUSED\n')
  })

  test('of a command are cut, which is told', async () => {
    await using box = await boxWith({})
    const { gatewayUrl } = (await stuntdouble.orchestrator()) ?? {}
    const answer = await fetch(`${gatewayUrl}/s/${box.token}/exec`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command: ['head', '-c', '50M', '/dev/zero'] }),
    })
    expect(await answer.json()).toMatchObject({ truncated: true })
    expect(await reached(box)).toEqual(['output'])
  })
})

describe('gigabytes that nobody reads', () => {
  test.each([
    ['a stream', pausedStream],
    ['a terminal', pausedTerminal],
  ])('of %s stay where they are written', async (_door, pausedReader) => {
    await using box = await boxWith({})
    await said(box, 'true')
    const before = await residentBytes()
    const produce = 'head -c 4G /dev/zero; touch done'
    {
      using _reader = await pausedReader(box, produce)
      await expect.poll(() => said(box, 'pgrep -xc head || true'), soon).toBe('1\n')
      await sleep(4000)
      expect((await residentBytes()) - before).toBeLessThan(64 * mebibyte)
      expect(await said(box, 'ls done 2>&1')).toMatch(/No such file/)
    }
    // With its reader goes the command.
    await expect.poll(() => said(box, 'pgrep -xc head || true'), soon).toBe('0\n')
    expect(await said(box, 'ls done 2>&1')).toMatch(/No such file/)

    expect((await box.commands.run(produce.replace('4G', '4M'))).stdout).toHaveLength(4 * mebibyte)
    expect(await said(box, 'ls done')).toBe('done\n')
  })
})

/** Of the orchestrator. */
async function residentBytes(): Promise<number> {
  const { pid } = (await stuntdouble.orchestrator()) ?? {}
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}

describe('the disk', () => {
  test('ends a sandbox that fills it, and the receipt says by what', async () => {
    expect(await plainSaid(diskFiller)).toContain(`SIZE ${1500 * mebibyte}`)

    const box = await boxWith({ disk: '512m' })
    const filling = said(box, `${diskFiller.replace('fill;', 'a; cp a b; cp b c;')}; sleep 600`)
    filling.catch(() => {})
    await expect.poll(() => endedBy(box), soon).toBe('disk_limit')
    await expect
      .poll(() => control.receipt(box.id).catch(() => null), soon)
      .toMatchObject({
        ...{ clean: true, reason: 'disk_limit' },
        disk: { guard: 'watchdog', limitBytes: 512 * mebibyte },
      })
    expect(await reached(box)).toContain('disk')
    await neighbourIsWell()
  })

  test('ends a sandbox that fills it with files too deep for a path', async () => {
    expect(await plainSaid(`cd /workspace && ${inodeFiller}`)).toContain('MADE 150000')

    const box = await boxWith({ disk: '1g' })
    const filling = said(box, `${inodeFiller}\nsleep 600`)
    filling.catch(() => {})
    await expect.poll(() => endedBy(box), soon).toBe('disk_limit')
    expect((await control.sandbox(box.id)).problem?.title).toMatch(/\d+ files of 131072/)
  })

  test('ends a sandbox that fills it with files that it deleted and keeps open', async () => {
    const all = `HOLDS ${1200 * mebibyte} SEES 0`
    expect(await plainSaid(`cd "$(mktemp -d)" && ${hiddenFiller}`)).toContain(all)

    const box = await boxWith({ disk: '512m' })
    const filling = said(box, `export HOLD=600; ${hiddenFiller}`)
    filling.catch(() => {})
    await expect.poll(() => endedBy(box), soon).toBe('disk_limit')
    await neighbourIsWell()
  })

  test('loses the greatest grower before it is full, and nobody else notices', async () => {
    const [greedy, modest] = [await boxWith({ disk: '32g' }), await boxWith({ disk: '32g' })]
    await said(modest, 'head -c 300M /dev/zero > some; sync')
    const filling = said(
      greedy,
      'for n in $(seq 100); do head -c 900M /dev/zero > $n || break; done; sleep 600',
    )
    filling.catch(() => {})
    for (;;) {
      await neighbourIsWell()
      if ((await endedBy(greedy)) !== null) break
    }

    expect(await endedBy(greedy)).toBe('disk_reserve')
    expect(await said(modest, 'echo more >> some && echo wrote')).toBe('wrote\n')
    expect((await control.sandbox(modest.id)).state).toBe('ready')
    await modest.kill()
  })
})

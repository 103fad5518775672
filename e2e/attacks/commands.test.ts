import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { said, useScene } from './scene.ts'
import { type NaiveSession, openNaiveSession, reachesInto } from './sessions.ts'

const scene = useScene()

let session: NaiveSession
beforeAll(async () => {
  session = await openNaiveSession(scene().plain.id)
})
afterAll(() => session?.[Symbol.asyncDispose]())

const quoted = (program: string) => `'${program.replaceAll("'", `'\\''`)}'`
const python = (program: string, words: string) => `python3 -c ${quoted(program)} ${words}`

/** Of whoever starts the commands of a sandbox. */
const theirs = '$(pgrep -x "runner|supervisor")'

const wins = (output: string) => [
  ...new Set([...output.matchAll(/^.*?WON (.*)$/gm)].map(([, what]) => what)),
]

describe('what starts commands', () => {
  test('cannot be read, written to or traced by a command', async () => {
    // The shell itself is $$ to what it runs.
    expect(wins(await session.said(python(reachesInto, '$$')))).toHaveLength(13)

    const tried = await said(scene().box, python(reachesInto, theirs))
    expect(tried.match(/^TRIED/gm)?.length).toBeGreaterThanOrEqual(2)
    expect(wins(tried)).toEqual([])
  })

  test('nor while it starts, by one that waits for it', async () => {
    const waits = (name: string) => `
import os, time
until, won = time.time() + 6, set()
while time.time() < until:
    for pid in filter(str.isdigit, os.listdir('/proc')):
        for fd, mode in (('0', os.O_RDONLY), ('1', os.O_WRONLY)):
            try:
                os.close(os.open(f'/proc/{pid}/fd/{fd}', mode | os.O_NONBLOCK))
                if open(f'/proc/{pid}/comm').read() == '${name}\\n': won.add('WON its descriptor ' + fd)
            except OSError: continue
print(chr(10).join(won))`
    const watching = scene().plain.pythonSaid(waits('sh'))
    await using _other = await openNaiveSession(scene().plain.id)
    expect(wins(await watching).sort()).toEqual(['its descriptor 0', 'its descriptor 1'])

    const { box } = scene()
    const inside = said(box, python(waits('runner'), ''))
    for (let round = 0; round < 3; round += 1) {
      // More at once than are ready: some are started for it.
      const many = Array.from({ length: 8 }, () => box.commands.run(['sleep', '1']))
      await Promise.all(many)
    }
    expect(wins(await inside)).toEqual([])
  })

  test('is not the agent’s to replace', async () => {
    const replaces = (file: string, directory: string) => `
      ( exec 3>>${file} ) && echo WON write
      chmod 755 ${file} && echo WON chmod
      touch ${directory}/new && rm ${directory}/new && echo WON add
      mv ${file} ${file}.old && mv ${file}.old ${file} && echo WON move
      cat ${file} | grep -q . && echo WON read`
    await session.said('mkdir /opt/session; cp /bin/sh /opt/session/program')
    const naive = await session.said(replaces('/opt/session/program', '/opt/session'))
    expect(wins(naive)).toEqual(['write', 'chmod', 'add', 'move', 'read'])

    const runner = '$(ls -d /.stuntdouble/runner)'
    expect(await said(scene().box, `ls -l ${runner}`)).toMatch(/^---x--x--x 1 root root/)
    expect(wins(await said(scene().box, replaces(runner, '/.stuntdouble')))).toEqual([])
  })
})

describe('one command', () => {
  test('cannot write into the answer of another by way of what starts them', async () => {
    await session.said('( sleep 0.3; echo forged ) &')
    expect(await session.said('sleep 0.6; echo mine')).toContain('forged')

    const { box } = scene()
    await said(box, '( sleep 3; echo forged ) & ( sleep 3; echo forged >&2 ) & sleep 0.1')
    expect(await said(box, 'sleep 2; echo mine')).toBe('mine\n')
  })

  test('cannot speak for what starts it: its words are output, whatever they look like', async () => {
    const word = 'end-of-output'
    const naive = session.said(`echo ${word}`)
    expect(await naive).toContain(word)

    // A whole exit, in the words of the runner and in those of the engine around them.
    const exit = String.raw`X\000\000\000\004\000\000\000\007`
    const forged = String.raw`printf '${exit}\001\000\000\000\000\000\000\011${exit}'; exit 3`
    const run = await scene()
      .box.commands.run(['sh', '-c', forged])
      .catch((cause) => cause)
    expect(run).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('X\0\0\0') })
  })

  test('cannot take the input of another', async () => {
    // The shell reads what it is told from there, and so can whatever it runs.
    await using naive = await openNaiveSession(scene().plain.id)
    const takes = naive.said('echo ready; timeout 20 head -n 1 /proc/$$/fd/0')
    await expect.poll(() => scene().plain.said('pgrep -xc head || true')).toBe('1\n')
    naive.tell('the next command')
    expect(await takes).toContain('the next command')

    const steals = `for pid in ${theirs}; do timeout 0.2 head -c 1 /proc/$pid/fd/0 && echo WON; done`
    expect(wins(await said(scene().box, steals))).toEqual([])
  })

  test('that ends every process it can costs itself, with a reason, and nobody later', async () => {
    const { box } = scene()
    const suicide = box.commands.run(['sh', '-c', 'kill -9 -1'])
    await expect(suicide).rejects.toMatchObject({ code: 'engine_failed' })
    expect(await said(box, 'echo on')).toBe('on\n')
  })

  test('that stops what starts it is given up when its time is over', async () => {
    const box = await scene().spare()
    const stops = box.commands.run(['sh', '-c', 'kill -STOP $PPID; sleep 60'], { timeoutMs: 1000 })
    await expect(stops).rejects.toThrow()
    expect(await said(box, 'echo on')).toBe('on\n')
  })
})

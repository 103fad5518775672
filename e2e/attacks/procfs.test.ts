import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { plainSaid, withEveryPower } from './plain-container.ts'
import { said } from './scene.ts'

let stuntdouble: Stuntdouble
let box: Sandbox
beforeAll(async () => {
  stuntdouble = await Stuntdouble.open()
  await stuntdouble.json(['ls'])
  const control = await stuntdouble.control()
  box = Sandbox.of(await control.createSandbox({ ttl: '10m', blueprint: {} }), control)
})
afterAll(() => stuntdouble?.[Symbol.asyncDispose]())

/** What an engine takes away by default, given back: nothing of /proc or /sys is hidden or read-only. */
const unprotected = { ...withEveryPower, MaskedPaths: [], ReadonlyPaths: [] }

/** Opened for appending and closed again: it proves the same as a write, and harms nobody. */
const opens = (path: string) => `( exec 3>>${path} )`
const reads = (path: string) => `head -c 1 ${path} | grep -qz .`

/** What is tried, on which file, how; each succeeds where nobody took care and the kernel has the file. */
const attacks: readonly [what: string, file: string, attack: string][] = [
  ...[
    ['have a program run on the host for every core file', '/proc/sys/kernel/core_pattern'],
    ['have one run for every module', '/proc/sys/kernel/modprobe'],
    ['switch a sysctl', '/proc/sys/vm/overcommit_memory'],
    ['press a magic key', '/proc/sysrq-trigger'],
    ['move interrupts', '/proc/irq/default_smp_affinity'],
    ['have the host watch its load for us', '/proc/pressure/memory'],
  ].map(([what = '', file = '']): [string, string, string] => [what, file, opens(file)]),
  ...[
    ['read the kernel’s memory', '/proc/kcore'],
    ['read timers of all processes', '/proc/timer_list'],
    ['see how loaded the host is', '/proc/pressure/cpu'],
    ['time what interrupts others', '/proc/interrupts'],
    ['read the environment of PID 1', '/proc/1/environ'],
    ['read the memory map of PID 1', '/proc/1/maps'],
  ].map(([what = '', file = '']): [string, string, string] => [what, file, reads(file)]),
  [
    'register a format of programs for all',
    '/proc/sys/fs/binfmt_misc',
    `mount -t binfmt_misc none /mnt && ${opens('/mnt/register')}`,
  ],
  ['list the keys of others', '/proc/keys', '[ -r /proc/keys ] && [ ! -c /proc/keys ]'],
  [
    'have a program run on the host when a control group empties',
    '/sys/fs/cgroup/memory',
    `mount -t cgroup -o memory none /mnt && ${opens('/mnt/release_agent')}`,
  ],
  [
    'make a control group without limits',
    '/sys/fs/cgroup',
    '{ mount -t cgroup -o pids none /mnt || mount -t cgroup2 none /mnt; } && mkdir /mnt/agent && rmdir /mnt/agent',
  ],
  [
    'write to the kernel’s own files',
    '/sys/kernel/mm/ksm/run',
    `mount -o remount,rw /sys && ${opens('/sys/kernel/mm/ksm/run')}`,
  ],
  [
    'have one run for every device',
    '/sys/kernel/uevent_helper',
    `mount -o remount,rw /sys && ${opens('/sys/kernel/uevent_helper')}`,
  ],
  ['see the firmware', '/sys/firmware', 'ls /sys/firmware | grep -q .'],
  ['enter the file system of PID 1', '/proc/1', 'ls /proc/1/root/etc | grep -q passwd'],
  ['open the files of PID 1', '/proc/1', 'ls /proc/1/fd | grep -q .'],
  ['trace PID 1', '/proc/1', 'cat /proc/1/stack >/dev/null'],
]

const script = attacks
  .map(
    ([what, file, attack]) =>
      `[ -e ${file} ] || echo "ABSENT ${what}"; ( ${attack} ) >/dev/null 2>&1 && echo "WON ${what}"; umount /mnt 2>/dev/null`,
  )
  .join('\n')

const lines = (word: string, output: string) =>
  [...output.matchAll(new RegExp(`^${word} (.*)$`, 'gm'))].map(([, what]) => what)

describe('by way of /proc and /sys', () => {
  test('an unprotected container gets all of it, a sandbox nothing', async () => {
    const plain = await plainSaid(script, unprotected)
    const absent = new Set(lines('ABSENT', plain))
    const possible = attacks.map(([what]) => what).filter((what) => !absent.has(what))
    expect(possible.length).toBeGreaterThan(attacks.length / 2)
    expect(lines('WON', plain)).toEqual(possible)

    expect(lines('WON', await said(box, script))).toEqual([])
  })

  test('a sandbox sees its own processes alone, and nothing of /proc and /sys is writable', async () => {
    // Names alone: one that ends meanwhile would be complained about by whoever looks at it.
    const everyPid = 'set -- /proc/[0-9]*; echo $#'
    expect(Number(await plainSaid(everyPid, { PidMode: 'host' }))).toBeGreaterThan(20)
    expect(Number(await said(box, everyPid))).toBeLessThan(15)

    const writable = (places: string) =>
      `find ${places} -xdev -not -path "/proc/[0-9]*" -not -path "/proc/*self*" -writable -not -type l 2>/dev/null | while read -r f; do [ ! -c "$f" ] && ( exec 3>>"$f" ) 2>/dev/null && echo "$f"; done; true`
    // Where the search has something to find; opened elsewhere, some of the host's files would act.
    expect(await plainSaid(writable('/proc/sys/kernel'), unprotected)).toContain('/core_pattern')
    expect(await said(box, writable('/proc /sys'))).toBe('')
  })
})

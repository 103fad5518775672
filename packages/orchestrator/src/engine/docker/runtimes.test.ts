import { expect, test } from 'vitest'
import { runtimesDiagnoses } from './diagnose-runtimes.ts'
import { runtimeFor } from './runtimes.ts'

const runc = { runc: { path: 'runc' } }
const network = ['--network=host']

test('gVisor is found by its program, whatever it is registered as', () => {
  const runtimes = { ...runc, second: { path: '/usr/bin/runsc', runtimeArgs: network } }

  expect(runtimeFor('gvisor', runtimes)).toBe('second')
  expect(runtimeFor('runc', runtimes)).toBe('runc')
})

test.each([
  ['nothing but runc', runc],
  ['gVisor with a network of its own', { ...runc, runsc: { path: '/usr/bin/runsc' } }],
  ['another program by its name', { ...runc, runsc: { path: '/bin/runc', runtimeArgs: network } }],
])('%s is no second kernel', (_, runtimes) => {
  expect(runtimeFor('gvisor', runtimes)).toBeUndefined()
  expect(runtimeFor('kata', runtimes)).toBeUndefined()
})

test('Kata is found by its name', () => {
  expect(runtimeFor('kata', { ...runc, kata: { path: '/opt/kata/bin/containerd-shim' } })).toBe(
    'kata',
  )
})

test('a gVisor that does not fit is told of, with what to write', () => {
  const [unfit] = runtimesDiagnoses({ ...runc, runsc: { path: '/usr/bin/runsc' } })

  expect(unfit).toMatchObject({ status: 'warn', hint: expect.stringContaining('--network=host') })
  expect(runtimesDiagnoses(runc)).toEqual([])
})

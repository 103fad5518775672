import { Blueprint, type Isolation } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { admitIsolation, isolationOf } from './isolation.ts'

const anySignal = new AbortController().signal
const engine = (...there: Isolation[]) => ({ isolations: async () => there })

test.each<[Isolation | undefined, Isolation, Isolation]>([
  [undefined, 'runc', 'runc'],
  [undefined, 'gvisor', 'gvisor'],
  ['gvisor', 'runc', 'gvisor'],
  ['runc', 'gvisor', 'gvisor'],
  ['kata', 'gvisor', 'gvisor'],
])('a blueprint’s %s where the operator demands %s is %s', (asked, demanded, got) => {
  expect(isolationOf({ isolation: asked }, { isolation: demanded })).toBe(got)
})

test('what the engine lacks is refused by name', async () => {
  const admitted = admitIsolation(
    Blueprint.parse({ isolation: 'gvisor' }),
    engine('runc'),
    anySignal,
  )

  await expect(admitted).rejects.toMatchObject({
    code: 'policy_refused',
    message: expect.stringContaining('gvisor'),
  })
})

test('services are refused beside a second kernel, which they would not be behind', async () => {
  const services = { api: { image: 'stuntdouble/workspace', command: ['sleep', '1'] } }
  const admit = (isolation: Isolation) =>
    admitIsolation(Blueprint.parse({ isolation, services }), engine('runc', 'gvisor'), anySignal)

  await expect(admit('runc')).resolves.toBeUndefined()
  await expect(admit('gvisor')).rejects.toMatchObject({ details: { key: ['services'] } })
})

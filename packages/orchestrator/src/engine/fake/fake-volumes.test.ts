import { describeVolumes } from '../volumes-contract.ts'
import { FakeVolumes } from './fake-volumes.ts'

describeVolumes('fake', async () => {
  const map = new Map()
  const volumes = new FakeVolumes(map)
  return {
    volumes,
    named: (name) => name,
    write: async (...file) => volumes.write(...file),
    read: async (...file) => volumes.read(...file),
    reopen: async () =>
      Object.assign(new FakeVolumes(map), { [Symbol.asyncDispose]: async () => {} }),
    [Symbol.asyncDispose]: async () => {},
  }
})

import { expect, test } from 'vitest'
import { countersIn } from './limits-reached.ts'

test('version 1 counts in a group for each controller', () => {
  const groups = '8:pids:/docker/c1\n4:memory:/docker/c1\n1:cpu:/docker/c1\n0::/docker/c1\n'

  expect(countersIn(groups)).toEqual([
    {
      limit: 'memory',
      file: '/sys/fs/cgroup/memory/docker/c1/memory.oom_control',
      key: 'oom_kill',
    },
    { limit: 'pids', file: '/sys/fs/cgroup/pids/docker/c1/pids.events', key: 'max' },
  ])
})

test('version 2 counts in one group', () => {
  const group = '/system.slice/docker-c1.scope'

  expect(countersIn(`0::${group}\n`)).toEqual([
    { limit: 'memory', file: `/sys/fs/cgroup${group}/memory.events`, key: 'oom_kill' },
    { limit: 'pids', file: `/sys/fs/cgroup${group}/pids.events`, key: 'max' },
  ])
})

test('nothing counts for a process that is gone', () => {
  expect(countersIn('')).toEqual([])
})

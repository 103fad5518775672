import { expect, test } from 'vitest'
import { routeOf, sandboxLink } from './route.ts'

test.each(['', '#', '#/'])('%j is the overview', (hash) => {
  expect(routeOf(hash)).toEqual({ page: 'overview' })
})

test('a link to a sandbox leads to its page', () => {
  expect(routeOf(sandboxLink('sb1a2b3c4d5e6f'))).toEqual({ page: 'sandbox', id: 'sb1a2b3c4d5e6f' })
})

test.each([
  '#/sandboxes/../session',
  '#/sandboxes/sb1',
  '#/sandboxes/sb1a2b3c4d5e6f/receipt',
  '#/%ff',
  '#main',
])('%s is no page', (hash) => {
  expect(routeOf(hash)).toEqual({ page: 'unknown' })
})

import { expect, test } from 'vitest'
import { traceparentOf } from './traceparent.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'
const span = 'b7ad6b7169203331'

test('a trace is taken as it is', () => {
  const traceparent = `00-${trace}-${span}-01`

  expect(traceparentOf({ traceparent })).toBe(traceparent)
})

test.each([
  ...[undefined, '', `01-${trace}-${span}-01`, `00-${trace}-${span}`, `00-${trace}-${span}-01-x`],
  ...[`00-${'0'.repeat(32)}-${span}-01`, `00-${trace}-${'0'.repeat(16)}-01`],
  ...[`00-${trace.toUpperCase()}-${span}-01`, `00-${trace}-${span}-01\n`, `{"a":1}`],
])('%j is none', (traceparent) => {
  expect(traceparentOf(traceparent === undefined ? {} : { traceparent })).toBeUndefined()
})

import type { SandboxView } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { pageOf } from './list-page.ts'

/** Newest first; the last two of one moment. */
const views = [5, 4, 3, 2, 2].map(
  (second, index) =>
    ({
      id: `sb00000000000${index}`,
      createdAt: new Date(second * 1000).toISOString(),
    }) as SandboxView,
)
const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id)

test('pages bring all of a list, each once', () => {
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const { sandboxes, next } = pageOf(views, { limit: 2, cursor })
    seen.push(...idsOf(sandboxes))
    cursor = next
  } while (cursor !== undefined)

  expect(seen).toEqual(idsOf(views))
})

test('what came or ended between two pages moves nothing', () => {
  const { next } = pageOf(views, { limit: 2 })
  const [, gone, ...older] = views
  const newer = { ...views[0], id: 'sb999999999999' } as SandboxView
  const { sandboxes } = pageOf([newer, ...older], { limit: 2, cursor: next })

  expect(next).toContain(gone?.id)
  expect(idsOf(sandboxes)).toEqual(idsOf(older.slice(0, 2)))
})

test('without a limit it is all of them, and nothing follows', () => {
  expect(pageOf(views, {})).toEqual({ sandboxes: views })
  expect(pageOf([], { limit: 1 })).toEqual({ sandboxes: [] })
})

test.each(['', 'x', '1', "1.sb' OR 1=1", `${'9'.repeat(99)}.sb000000000000`])(
  '%j is no cursor',
  (cursor) => {
    expect(() => pageOf(views, { cursor })).toThrow(expect.objectContaining({ code: 'usage' }))
  },
)

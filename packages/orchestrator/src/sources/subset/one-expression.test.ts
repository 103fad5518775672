import { expect, test } from 'vitest'
import { checkOneExpression } from './one-expression.ts'

test.each([
  "country = 'DE' AND joined > now() - interval '30 days'",
  "note = 'a; -- ) /* b' AND (a + (b)) > 2",
  `"odd;name)" = E'it\\'s; ok' OR body = $tag$ ; ) $tag$ OR x = $$;$$`,
  'id IN (SELECT owner FROM public.shop)',
])('%s is one expression', (text) => {
  expect(() => checkOneExpression('public.t', text)).not.toThrow()
})

test.each([
  ['true; DELETE FROM t', '`;`'],
  ['true -- ', 'a comment'],
  ['true /* ', 'a comment'],
  ['true) OR (true', 'did not open'],
  ['(true', 'does not close'],
  ["name = 'open", 'a quote'],
  ["'a\\'; DROP TABLE t --'", '`;`'],
])('%s is refused', (text, why) => {
  expect(() => checkOneExpression('public.t', text)).toThrow(why)
})

import { expect, test } from 'vitest'
import { grantsOn } from './grants.ts'

const may = (line: string, privilege = 'SELECT') => grantsOn('my_shop', [line]).has(privilege)

test.each([
  'GRANT SELECT, SHOW VIEW ON *.* TO `r`@`%`',
  'GRANT ALL PRIVILEGES ON *.* TO `r`@`%` WITH GRANT OPTION',
  'GRANT INSERT, SELECT ON `my\\_shop`.* TO `r`@`%`',
  'GRANT SELECT ON `my_shop`.* TO `r`@`%`',
  'GRANT SELECT ON `my%`.* TO `r`@`%`',
])('%s is enough to read', (line) => {
  expect(may(line)).toBe(true)
})

test.each([
  "GRANT USAGE ON *.* TO `r`@`%` IDENTIFIED BY PASSWORD '*SELECT'",
  'GRANT SELECT ON `my_shop`.`orders` TO `r`@`%`',
  'GRANT SELECT (`id`, `name`) ON `my_shop`.`orders` TO `r`@`%`',
  'GRANT SELECT ON `my\\_sho`.* TO `r`@`%`',
  'GRANT SELECT ON `other`.* TO `r`@`%`',
  'GRANT SHOW VIEW ON `my_shop`.* TO `r`@`%`',
  'GRANT `SELECT ON *.* TO x` TO `r`@`%`',
])('%s is not', (line) => {
  expect(may(line)).toBe(false)
})

test('a pattern without its escape takes any character', () => {
  expect(grantsOn('myXshop', ['GRANT SELECT ON `my\\_shop`.* TO `r`@`%`']).has('SELECT')).toBe(
    false,
  )
  expect(grantsOn('myXshop', ['GRANT SELECT ON `my_shop`.* TO `r`@`%`']).has('SELECT')).toBe(true)
})

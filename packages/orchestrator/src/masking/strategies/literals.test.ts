import { expect, test } from 'vitest'
import { textMasker } from '../fixtures/mask-value.ts'

test('a tsvector has other lexemes at the same positions', () => {
  const mask = textMasker('text', { baseType: 'tsvector' })
  expect(mask("'academi':1 'o''neil':15A,20 'x'")).toMatch(/^'[a-z]{7}':1 '[a-z]+':15A,20 '[a-z]'$/)
  expect(mask("'academi':1")).not.toContain('academi')
})

test('XML keeps its elements and loses what stands between and in attributes', () => {
  const mask = textMasker('text', { baseType: 'xml' })
  const masked = mask(
    '<?xml version="1.0"?><!-- Mary --><p id="Smith"><b>Mary</b> &amp; <![CDATA[Bob]]>Jo</p>',
  )
  expect(masked).toMatch(
    /^<\?xml version="1\.0"\?><p id="[A-Z][a-z]{4}"><b>[A-Z][a-z]{3}<\/b> +[A-Z][a-z]<\/p>$/,
  )
  expect(masked).not.toMatch(/Mary|Smith|Bob/)
})

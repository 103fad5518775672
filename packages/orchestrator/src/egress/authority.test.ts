import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { authorityOf } from './authority.ts'

describe('one host has one spelling', () => {
  test.each([
    ['Example.COM:80', 'example.com', 80],
    ['example.com', 'example.com', 443],
    ['1.1.1.1:53', '1.1.1.1', 53],
    ['[2606:4700:0::1111]:443', '[2606:4700::1111]', 443],
    ['[::FFFF:127.0.0.1]', '[::ffff:7f00:1]', 443],
    ['xn--pple-43d.com', 'xn--pple-43d.com', 443],
    ['_acme.example.com', '_acme.example.com', 443],
  ])('%s is %s', (text, host, port) => {
    expect(authorityOf(text, 443)).toEqual({ host, port })
  })

  test.each([
    ...[
      'example.com.',
      'example..com',
      '.example.com',
      'exa mple.com',
      'ex%61mple.com',
      'a@b',
      'a:b@c',
    ],
    ...[
      '127.1',
      '127.0.1',
      '2130706433',
      '0x7f.1',
      '0x7f000001',
      '0177.0.0.1',
      '127.0.0.01',
      '0',
      '0x',
    ],
    ...[
      '127.0.0.1.',
      '1.2.3.4.5',
      'example.1',
      'example.0x7f',
      '[fe80::1%eth0]',
      '[::1',
      '::1',
      '[v1.a]',
    ],
    ...[
      '[127.0.0.1]',
      '\u0430pple.com',
      '127\u30020\u30020\u30021',
      'a\u00adb.com',
      '-a.com',
      'a-.com',
    ],
    ...[
      '',
      ':80',
      'a:',
      'a:0',
      'a:65536',
      'a:-1',
      'a:80:80',
      'a:8 0',
      'a/b',
      'a?b',
      'a#b',
      'a\\b',
      '*',
    ],
    ...['a\0.com', `${'a'.repeat(64)}.com`, `${'a.'.repeat(127)}com`],
  ])('%j is none', (text) => {
    expect(authorityOf(text, 443)).toBeUndefined()
  })

  test('what is read twice reads the same, and as a browser reads it', () => {
    const part = fc.constantFrom(
      'a',
      'B',
      '1',
      '0x7f',
      '255',
      '[',
      ']',
      ':',
      '.',
      '-',
      '%',
      '@',
      '::1',
      'xn--',
    )
    const text = fc.oneof(
      fc.webAuthority(),
      fc.array(part, { maxLength: 8 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(text, (text) => {
        const read = authorityOf(text, 443)
        if (!read) return
        expect(authorityOf(`${read.host}:${read.port}`)).toEqual(read)
        expect(URL.parse(`http://${text}/`)?.hostname).toBe(read.host)
      }),
      { numRuns: 3000 },
    )
  })
})

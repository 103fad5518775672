import { DatabaseError } from 'pg'
import { describe, expect, test } from 'vitest'
import { sourceError } from './errors.ts'
import { checkVersion } from './preflight.ts'
import { targetError } from './target-error.ts'

const complaint = (code: string, fields: Partial<DatabaseError> = {}) =>
  Object.assign(new DatabaseError('value "Jane Doe" is bad', 1, 'error'), { code, ...fields })
const whole = (error: Error) =>
  [error.stack, JSON.stringify(error), JSON.stringify(error.cause ?? null)].join(' ')

describe('an error of the source', () => {
  const explained = (cause: unknown) => sourceError('shop', 'h:5432/d', cause)

  test.each(['22P02', '57014', 'XX000', '28P01', '53300', '3D000', undefined])(
    'with SQLSTATE %s does not repeat what the server said',
    (code) => {
      const error = explained(complaint(code as string))

      expect(error).toMatchObject({ code: 'source_refused' })
      expect(whole(error)).not.toContain('Jane')
    },
  )

  test('of a function that it called stays without its words', () => {
    expect(whole(explained(complaint('42501', { where: 'PL/pgSQL function' })))).not.toContain(
      'Jane',
    )
  })

  test('of a certificate names the certificate, not the network', () => {
    const cause = Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })

    expect(explained(cause)).toMatchObject({ code: 'source_refused' })
    expect(explained(cause).message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  test('of several addresses is told once', () => {
    const cause = new AggregateError([Object.assign(new Error('no'), { code: 'ECONNREFUSED' })])

    expect(explained(cause).message).toContain('(connection refused)')
  })
})

describe('an error of the staging cluster', () => {
  test('names place and constraint, not the row', () => {
    const cause = complaint('23505', {
      table: 'person',
      schema: 'public',
      constraint: 'person_key',
    })
    const error = targetError('making it', cause)

    expect(error.message).toBe(
      'While making it: SQLSTATE 23505, at public.person, constraint person_key.',
    )
    expect(whole(error)).not.toContain('Jane')
  })

  test('repeats the parser’s words, and not those of a function', () => {
    const said = targetError('making it', complaint('42883'))
    const raised = targetError('making it', complaint('42883', { where: 'PL/pgSQL function' }))

    expect(said.message).toContain('Jane')
    expect(whole(raised)).not.toContain('Jane')
  })

  test('says that the disk is full', () => {
    expect(targetError('writing', complaint('53100'))).toMatchObject({ code: 'disk_full' })
  })
})

test.each([12, 19])('a server of version %i is refused', (version) => {
  expect(() => checkVersion('shop', version)).toThrow(`PostgreSQL ${version}`)
})

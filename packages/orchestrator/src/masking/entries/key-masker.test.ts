import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseKeyPolicy } from './entry-policy.ts'
import { compileKeyMasker, type KeyPart, UnansweredField } from './key-masker.ts'

const key = Buffer.alloc(32, 7)

function maskerOf(policy: string) {
  const told: string[] = []
  const masker = compileKeyMasker({
    policy: parseKeyPolicy(policy, 'masking.yaml'),
    key,
    onMasked: ({ pattern, column }, value) =>
      told.push(`${pattern} ${column} ${Buffer.from(value)}`),
  })
  const answer = (name: string) => masker.answer(Buffer.from(name))
  const part = (name: string, given: { field?: string; value: string; score?: string }) => {
    const { field, value, score } = given
    const made: KeyPart = {
      value: Buffer.from(value),
      ...(field !== undefined && { field: Buffer.from(field) }),
      ...(score !== undefined && { score }),
    }
    const masked = answer(name)?.part(made)
    return (
      masked && {
        ...masked,
        value: `${masked.value}`,
        ...(masked.field && { field: `${masked.field}` }),
      }
    )
  }
  return { told, answer, part, masker }
}

describe('keys', () => {
  const policy = `
"session:{email}": { fields: { email: email, "seen:*": keep, "to {email}": keep, "t*": keep, token: drop } }
"online": email
"board": keep
"lock:**": drop
"doc:*": { json: { $.mail: email, $.n: keep } }
`
  test('are renamed where their pattern masks, and each masked part is told of', () => {
    const { answer, told } = maskerOf(policy)
    const name = `${answer('session:anna@corp.test')?.name}`

    expect(name).toMatch(/^session:[^:]+@example\.com$/)
    expect(told).toEqual(['session:{email} {email} anna@corp.test'])
    expect(`${answer('board')?.name}`).toBe('board')
  })

  test('that no pattern fits have no answer', () => {
    const { answer } = maskerOf(policy)
    expect(answer('session:anna:cart')).toBeUndefined()
    expect(answer('lock:a:b')?.dropped).toBe(true)
  })

  test('mask an address alike in a name, a field, a member and a document', () => {
    const { answer, part } = maskerOf(policy)
    const name = `${answer('session:anna@corp.test')?.name}`.slice('session:'.length)

    const field = part('session:x@y.test', { field: 'email', value: 'anna@corp.test' })
    expect(field).toEqual({ field: 'email', value: name })
    expect(part('online', { value: 'anna@corp.test', score: '7' })).toEqual({
      value: name,
      score: '7',
    })
    const document = part('doc:1', { value: '{"mail":"anna@corp.test","n":"x"}' })
    expect(document?.value).toBe(`{"mail":"${name}","n":"x"}`)
    expect(part('session:x@y.test', { field: 'to anna@corp.test', value: '1' })?.field).toBe(
      `to ${name}`,
    )
  })

  test('drop a field, and refuse one that nobody answered for', () => {
    const { part } = maskerOf(policy)
    expect(part('session:x', { field: 'token', value: 's3cret' })).toBeNull()
    expect(() => part('session:x', { field: 'phone', value: '1' })).toThrow(UnansweredField)
  })

  test('whose one answer covers a hash have the names of its fields masked as well', () => {
    const { part } = maskerOf('"votes": email\n')
    expect(part('votes', { field: 'anna@corp.test', value: '' })?.field).toMatch(/@example\.com$/)
  })

  test('stay apart when they are masked, whatever bytes they hold', () => {
    const names = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), {
      minLength: 2,
      maxLength: 8,
    })
    for (const strategy of ['username', 'text', 'secret', 'number', 'email'] as const) {
      const { answer } = maskerOf(`"u:{${strategy}**}": keep\n`)
      fc.assert(
        fc.property(names, (distinct) => {
          const masked = distinct.map((name) => `${answer(`u:${name}`)?.name.toString('hex')}`)
          expect(new Set(masked).size).toBe(distinct.length)
        }),
        { numRuns: 20 },
      )
    }
  })
})

test.each([
  ['"a:{nam}": keep\n', /masking\.yaml:1.*a:\{nam\}.*one of keep, email/],
  ['"a": keeep\n', /masking\.yaml:1: a: must be one of keep, .*or drop/],
  ['"a": null\n', /neither columns nor NULL/],
  ['"a": { like: public.t.c }\n', /neither columns nor NULL/],
  ['"a": { fields: { b: keeep } }\n', /a\.fields\.b: must be one of/],
  ['"a": keep\n"a": drop\n', /masking\.yaml:2/],
])('%j is refused, naming the place', (text, message) => {
  expect(() => parseKeyPolicy(text, 'masking.yaml')).toThrow(message)
})

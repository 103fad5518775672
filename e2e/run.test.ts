import { afterAll, beforeAll, expect, test } from 'vitest'
import { disposeAll } from './lib/dispose-all.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'
import { openTicketServer, type TicketServer } from './lib/ticket-server.ts'

const value = 'tkt-2c61d4a7f0-REAL+value'
let model: TicketServer
let stuntdouble: Stuntdouble

beforeAll(async () => {
  model = await openTicketServer(value)
  const at = `host: ${model.address}, port: ${model.port}, private: true, ca: ./model.pem`
  stuntdouble = await Stuntdouble.open({
    env: { MODEL_VALUE: value },
    files: {
      'model.pem': model.certificate,
      'stuntdouble.yaml': `credentials:
  anthropic: { ${at}, methods: [GET], paths: ["/v1/*"], value: "\${env:MODEL_VALUE}", as: MODEL_KEY }
`,
      'sandbox.yaml': 'ttl: 10m\nworkspace: { from: code }\n',
      'code/shop.txt': 'open\n',
    },
  })
})
afterAll(() => disposeAll(stuntdouble, model))

const living = async () =>
  (await stuntdouble.json<{ sandboxes: readonly unknown[] }>(['ls'])).sandboxes

test('an agent asks its model without a key, and leaves with a patch and its own code', async () => {
  const url = `https://${model.address}:${model.port}/v1/tickets`
  const agent = [
    'set -e; echo "key: $MODEL_KEY"',
    `curl -sS ${url} -H "Authorization: Bearer $MODEL_KEY"`,
    'echo closed > shop.txt; echo why > notes.txt; exit 7',
  ].join('; ')
  const ran = await stuntdouble.run([
    ...['run', '--model-api', 'anthropic', '--patch', 'work.patch', '--', agent],
  ])

  expect(ran.stdout).toMatch(/^key: sdplaceholder_\w+\n/)
  expect(ran.stdout).toContain('a ticket')
  expect(model.authorizations()).toEqual([`Bearer ${value}`])
  expect(`${ran.stdout}${ran.stderr}`).not.toContain(value)
  expect(ran.stderr).toMatch(/A {2}notes\.txt[\s\S]*M {2}shop\.txt[\s\S]*ended, clean/)
  expect(ran.exitCode).toBe(7)
  expect(await stuntdouble.read('work.patch')).toContain('-open\n+closed\n')
  expect(await stuntdouble.read('code/shop.txt')).toBe('open\n')
  expect(await living()).toEqual([])
})

test('a model’s API that the operator has not configured is refused, and nothing is run', async () => {
  const ran = await stuntdouble.run(['run', '--model-api', 'openai', '--', 'echo ran'])

  expect({ exitCode: ran.exitCode, stdout: ran.stdout }).toEqual({ exitCode: 5, stdout: '' })
  expect(ran.stderr).toMatch(/"openai"[\s\S]*hint: .*credentials/)
  expect(await living()).toEqual([])
})

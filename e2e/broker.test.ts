import { X509Certificate } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programOf } from '../script/lib/doc-blocks.ts'
import { said } from './attacks/scene.ts'
import { disposeAll } from './lib/dispose-all.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'
import { openTicketServer, type TicketServer } from './lib/ticket-server.ts'

const value = 'tkt-9f31c0d7e2-REAL+value'
let server: TicketServer
let stuntdouble: Stuntdouble
let box: Sandbox
let origin: string

beforeAll(async () => {
  server = await openTicketServer(value)
  origin = `https://${server.address}:${server.port}`
  const shared = `port: ${server.port}, private: true, ca: ./tickets.pem, paths: ["/v1/*", "/git/*"]`
  stuntdouble = await Stuntdouble.open({
    env: { TICKETS_VALUE: value },
    files: {
      'tickets.pem': server.certificate,
      'stuntdouble.yaml': `credentials:
  tickets: { host: ${server.address}, ${shared}, methods: [GET], value: "\${env:TICKETS_VALUE}" }
  named: { host: localhost, ${shared}, methods: [GET], command: [printenv, TICKETS_VALUE], inject: { basic: robot }, as: GIT_PASSWORD }
`,
      'sandbox.yaml': 'ttl: 15m\ncredentials: [tickets, named]\n',
      'greedy.yaml': 'ttl: 15m\ncredentials:\n  - tickets\n  - payments\n',
    },
  })
  const up = await stuntdouble.json<{ url: string }>(['up'])
  box = await Sandbox.connect(up.url)
})
afterAll(() => disposeAll(stuntdouble, server))

/** A name that every program takes for this machine, asked of the proxy all the same. */
const byProxy = 'NO_PROXY= no_proxy= '

/** The page’s own line, for the server that is here. */
const asOnThePage = () =>
  programOf('docs/brokered-credentials.md', 'sh')
    .trim()
    .replace('https://api.github.com/repos/acme/shop/issues', `${origin}/v1/tickets`)
    .replace('$GITHUB_TOKEN', '$TICKETS_TOKEN')

const programs: readonly [name: string, command: () => string, expected: string][] = [
  [
    'curl',
    () => `curl -sS ${origin}/v1/tickets -H "Authorization: Bearer $TICKETS_TOKEN"`,
    'a ticket',
  ],
  ['the line of docs/brokered-credentials.md', asOnThePage, 'a ticket'],
  [
    'curl with a user and a password, for a name',
    () => `${byProxy} curl -sS -u "me:$GIT_PASSWORD" https://localhost:${server.port}/v1/tickets`,
    'a ticket',
  ],
  [
    'Node’s fetch',
    () =>
      `node -e 'fetch("${origin}/v1/tickets", { headers: { authorization: "Bearer " + process.env.TICKETS_TOKEN } }).then((a) => a.text()).then(console.log)'`,
    'a ticket',
  ],
  [
    'Python',
    () =>
      `python3 -c 'import os, urllib.request as r; print(r.urlopen(r.Request("${origin}/v1/tickets", headers={"Authorization": "Bearer " + os.environ["TICKETS_TOKEN"]})).read())'`,
    'a ticket',
  ],
  [
    'git clone',
    () =>
      `cd $(mktemp -d) && ${byProxy} git clone -q "https://me:$GIT_PASSWORD@localhost:${server.port}/git/project.git" && cat project/file`,
    'a file behind a credential',
  ],
]

describe('a credential that a sandbox asks for', () => {
  test.each(programs)('is put in for %s', async (_name, command, expected) => {
    expect(await said(box, command())).toContain(expected)
    expect(server.authorizations().at(-1)).toMatch(/^(Bearer|Basic) /)
  })

  test('is a placeholder inside, and a refusal without it', async () => {
    expect(await said(box, 'echo $TICKETS_TOKEN')).toMatch(/^sdplaceholder_\w+\n$/)
    expect(await said(box, `curl -sS ${origin}/v1/tickets`)).toContain('who are you?')
  })

  test('is told by `up`, by the hand-over URL and beforehand', async () => {
    const { stdout } = await stuntdouble.run(['inspect', box.id])
    const page = await fetch(box.url, { headers: { accept: 'text/plain' } })
    const asked = await stuntdouble.run(['egress', 'test', `${origin}/v1/tickets`])

    expect(stdout).toContain(`tickets: $TICKETS_TOKEN, for ${origin} GET /v1/* /git/*`)
    expect(stdout).toMatch(/GET +\S+ +credential tickets \(put in\)/)
    expect(await page.text()).toContain('$TICKETS_TOKEN: as "authorization: Bearer"')
    expect(asked.stdout).toContain('The credential "tickets" is put in')
    expect((await stuntdouble.run(['egress', 'test', `${origin}/v2`])).exitCode).toBe(5)
  })

  test('is refused at creation when the operator has none, with its line', async () => {
    const { exitCode, stderr } = await stuntdouble.run(['up', '--blueprint', 'greedy.yaml'])

    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/greedy\.yaml:4: credentials\.1: .*"payments"/)
  })

  test('ends with the lease, and goes on when the lease does', async () => {
    const until = async () =>
      Date.parse(new X509Certificate(await said(box, 'cat $NODE_EXTRA_CA_CERTS')).validTo)
    const { expiresAt } = await stuntdouble.json<{ expiresAt: string }>(['inspect', box.id])
    expect(await until()).toBe(Math.floor(Date.parse(expiresAt) / 1000) * 1000)
    await stuntdouble.run(['extend', box.id, '10m'])

    expect(await until()).toBe(Math.floor(Date.parse(expiresAt) / 1000) * 1000 + 600_000)
    expect(await said(box, programs[0]?.[1]() ?? '')).toContain('a ticket')
  })

  test('is put in again after the orchestrator was killed', async () => {
    await stuntdouble.stopOrchestrator('SIGKILL')
    await stuntdouble.json(['ls'])
    const { url } = await stuntdouble.json<{ url: string }>(['url', box.id])
    box = await Sandbox.connect(url)

    for (const [, command, expected] of programs) {
      expect(await said(box, command())).toContain(expected)
    }
  })

  test('stands in no file of the installation', async () => {
    const state = join(stuntdouble.root, 'state')
    const files = await readdir(state, { recursive: true, withFileTypes: true })
    const read = files.filter((file) => file.isFile())
    expect(read.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['journal.db', 'orchestrator.log']),
    )
    for (const { parentPath, name } of read) {
      expect((await readFile(join(parentPath, name))).includes(value), name).toBe(false)
    }
  })
})

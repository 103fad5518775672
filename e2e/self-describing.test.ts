import { Sandbox } from '@stuntdouble/sdk'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Stuntdouble } from './lib/stuntdouble.ts'

let stuntdouble: Stuntdouble
let browser: Browser
let box: Sandbox

const theirs = '# Rules of this repository\n\nRun the tests.'

beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({
    files: {
      'sandbox.yaml': 'ttl: 20m\nworkspace: { from: work }\n',
      'silent.yaml': 'ttl: 20m\nworkspace: { from: work }\nagentsMd: false\n',
      'bare.yaml': 'ttl: 20m\n',
      'work/AGENTS.md': theirs,
    },
  })
  box = await up('sandbox.yaml')
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
})
afterAll(async () => {
  await browser?.close()
  await stuntdouble?.[Symbol.asyncDispose]()
})

const up = async (blueprint: string) =>
  await Sandbox.connect(
    (await stuntdouble.json<{ url: string }>(['up', '--blueprint', blueprint])).url,
  )
const agentsMd = (of: Sandbox) => of.files.readText('AGENTS.md')
const changed = async (of: Sandbox) =>
  (await stuntdouble.json<{ files: { path: string }[] }>(['diff', of.id])).files.map(
    ({ path }) => path,
  )

test('AGENTS.md says where the agent is, before what its people wrote', async () => {
  const text = await agentsMd(box)

  expect(text.endsWith(theirs)).toBe(true)
  expect(text).toContain('stunt double of production')
  expect(text).not.toContain(box.token)
  expect(text).not.toContain('sd_')
})

test('that section is nobody’s work: a diff shows what the agent wrote beside it, alone', async () => {
  expect(await changed(box)).toEqual([])
  await box.commands.run('echo "And mine." >> AGENTS.md')
  expect(await changed(box)).toEqual(['AGENTS.md'])
  const { stdout } = await stuntdouble.run(['diff', box.id])

  expect(stdout).toContain('+Run the tests.And mine.')
  expect(stdout).not.toContain('stunt double of production')
})

test('a workspace without the file gets one that no diff shows', async () => {
  const bare = await up('bare.yaml')

  expect(await agentsMd(bare)).toContain('stunt double of production')
  expect(await changed(bare)).toEqual([])
})

test('a blueprint that wants none gets none', async () => {
  const silent = await up('silent.yaml')

  expect(await agentsMd(silent)).toBe(theirs)
})

test('a person’s browser lands on an address without the token, and sees what is here', async () => {
  await using context = await browser.newContext()
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  await box.commands.run('setsid -f python3 -m http.server 8123 --bind 127.0.0.1 >/dev/null 2>&1')
  await expect
    .poll(async () => (await box.ports()).map(({ port }) => port), { timeout: 10_000 })
    .toEqual([8123])
  await page.goto(box.url)

  expect(new URL(page.url()).pathname).toBe(`/s/${box.id}`)
  expect(await page.content()).not.toContain(box.token)
  expect(await page.evaluate('document.cookie')).toBe('')
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(box.id)
  await page.getByRole('tab', { name: 'Servers' }).click()
  const opened = page.waitForEvent('popup')
  await page.getByRole('link', { name: 'open' }).click()
  const preview = await opened
  await preview.waitForLoadState()
  expect(preview.url()).toMatch(new RegExp(`^http://8123-${box.id}\\.localhost:\\d+/$`))
  expect(await preview.title()).toContain('Directory listing')
  // Neither has an icon for the browser that asks for one.
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})

test('a program that holds the same address goes on with it', async () => {
  const agent = await fetch(box.url, { headers: { accept: 'text/plain' } })
  const text = await agent.text()

  expect(text).toContain(`${box.url}/ports/3000/`)
  expect(await box.welcome()).toMatchObject({ id: box.id, services: {} })
})

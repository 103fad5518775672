import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Sandbox } from '@stuntdouble/sdk'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { disposeAll } from './lib/dispose-all.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const hostile = '<img src=x onerror="document.title=\'owned\'">'

let production: Production
let stuntdouble: Stuntdouble
let browser: Browser
let context: BrowserContext
let page: Page
let box: Sandbox
const misdeeds: string[] = []

beforeAll(async () => {
  production = await startProduction()
  await production.query(
    'CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO orders SELECT n, n * 10 FROM generate_series(1, 700) n',
  )
  stuntdouble = await Stuntdouble.open({
    env: { SHOP_URL: production.url },
    files: {
      'stuntdouble.yaml': `sources:\n  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }\n`,
      'sandbox.yaml': 'ttl: 20m\ndata: { db: { source: shop } }\nworkspace: { from: work }\n',
      'work/notes.txt': `The orders add up. ${hostile}\n`,
      'work/deep/er.txt': 'further down\n',
    },
  })
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'shop'])
  box = await Sandbox.connect((await stuntdouble.json<{ url: string }>(['up'])).url)
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
  context = await browser.newContext({ reducedMotion: 'reduce' })
  page = await context.newPage()
  watch(page)
  await page.goto(box.url)
})
afterAll(async () => {
  await browser?.close()
  await disposeAll(stuntdouble, production)
})

/** What the page must never do: throw, break its policy, ask another origin. */
function watch(page: Page): void {
  page.on('pageerror', (error) => misdeeds.push(`threw: ${error.message}`))
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) misdeeds.push(message.text())
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(box.url).origin)
      misdeeds.push(`asked ${request.url()}`)
  })
}

const tab = (name: string) => page.getByRole('tab', { name }).click()

test('the time left counts down, in place of what is for readers without script', async () => {
  expect(await page.getByRole('heading', { name: 'Time left' }).count()).toBe(0)
  const left = page.locator('#live .left time').first()
  const before = await left.textContent()

  await expect.poll(() => left.textContent()).not.toBe(before)
})

test('a terminal runs what is typed, and says how its shell ended', async () => {
  await page.getByRole('button', { name: 'Open a terminal' }).click()
  const screen = page.locator('.xterm-rows')
  await expect.poll(() => screen.textContent()).toContain('$')
  await page.keyboard.type('echo "$((6 * 7)) by $(whoami)"; stty size\n')
  await expect.poll(() => screen.textContent()).toContain('42 by agent')
  expect(await screen.textContent()).not.toContain('24 80')
  await page.keyboard.type("printf '\\033]0;owned\\007\\033]52;c;b3duZWQ=\\007'; exit 3\n")

  await page.getByText('The shell ended with 3.').waitFor()
})

test('files are walked, shown as the text they are, and added', async () => {
  await tab('Files')
  await page.getByRole('button', { name: 'notes.txt' }).click()
  await page.getByText(hostile).waitFor()
  await page.getByRole('button', { name: 'deep/' }).click()
  await page.getByRole('button', { name: 'er.txt' }).waitFor()
  const added = { name: 'added.txt', mimeType: 'text/plain', buffer: Buffer.from('by hand') }
  await page.getByLabel('Add files').setInputFiles(added)
  await page.getByRole('button', { name: 'added.txt' }).waitFor()

  expect(await box.files.readText('deep/added.txt')).toBe('by hand')
  expect(await page.locator('#live img').count()).toBe(0)
})

test('a statement is answered with rows, a mistake with what is wrong', async () => {
  await tab('Database')
  const run = page.getByRole('button', { name: 'Run' })
  await run.click()
  await page.getByRole('cell', { name: 'orders' }).waitFor()
  await page.getByLabel('Statement').fill('SELECT total FROM orders ORDER BY id')
  await run.click()
  await page.getByText('500 rows, and there are more').waitFor()
  await page.getByLabel('Statement').fill('SELECT nothing FROM orders')
  await page.keyboard.press('Control+Enter')

  expect(await page.getByRole('alert').textContent()).toContain('nothing')
})

test('a server that is started shows up with a link to its own origin', async () => {
  await box.commands.run('setsid -f python3 -m http.server 8123 --bind 127.0.0.1 >/dev/null 2>&1')
  await tab('Servers')
  const link = page.getByRole('tabpanel', { name: 'Servers' }).getByRole('link', { name: 'open' })
  await expect
    .poll(async () => {
      await page.getByRole('button', { name: 'Look again' }).click()
      return link.count()
    })
    .toBe(1)

  expect(await link.getAttribute('href')).toContain(`http://8123-${box.id}.localhost:`)
})

test('axe finds nothing serious, and on a phone nothing is wider than the screen', async () => {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8')
  for (const name of ['Terminal', 'Files', 'Database', 'Servers']) {
    await tab(name)
    await page.evaluate(axe)
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
      return (await axe.run()).violations
    })
    const grave = found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  }
  await page.setViewportSize({ width: 360, height: 740 })
  for (const name of ['Terminal', 'Files', 'Database', 'Servers']) {
    await tab(name)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  }
})

test('without script the same page says what is here', async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false })
  const reader = await plain.newPage()
  await reader.goto(box.url)

  expect(await reader.getByRole('heading', { name: 'Time left' }).count()).toBe(1)
  await plain.close()
})

test('all that while the page has thrown nothing, asked nobody else, and kept its title', async () => {
  expect(misdeeds).toEqual([])
  expect(await page.title()).toBe(`Sandbox ${box.id}`)
})

test('of all that its origin serves, nothing but its own script runs in it', async () => {
  await box.files.write('/workspace/owned.js', 'document.title = "owned"')
  const refused = page.waitForEvent('console', (said) => said.text().includes('owned.js'))
  const address = `/s/${box.id}/files/workspace/owned.js`
  await page.evaluate(
    `document.head.append(Object.assign(document.createElement('script'), { src: '${address}' }))`,
  )

  expect((await refused).text()).toMatch(/content security policy/i)
  expect(await page.title()).toBe(`Sandbox ${box.id}`)
})

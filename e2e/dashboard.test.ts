import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Stuntdouble } from './lib/stuntdouble.ts'

let stuntdouble: Stuntdouble
let browser: Browser
let page: Page
let home: { readonly url: string; readonly key: string }

beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({ files: { 'sandbox.yaml': 'ttl: 20m\n' } })
  await stuntdouble.json(['ls'])
  const orchestrator = await stuntdouble.orchestrator()
  if (!orchestrator) throw new Error('no orchestrator was started')
  home = orchestrator
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  page = await browser.newPage()
})
afterAll(async () => {
  await browser?.close()
  await stuntdouble?.[Symbol.asyncDispose]()
})

test('a team lead signs in, sees a sandbox appear, ends it and reads its receipt', async () => {
  const complaints: string[] = []
  page.on('pageerror', (cause) => complaints.push(cause.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(home.url)
  await page.getByLabel('Key').fill(home.key)
  await page.keyboard.press('Enter')
  await page.getByText('Live').first().waitFor()

  const { id } = await stuntdouble.json<{ id: string }>(['up'])
  await page.getByRole('link', { name: new RegExp(id) }).click()
  await stuntdouble.run(['exec', id, '--', 'echo', '<img src=x onerror=alert(1)>'])
  await page.getByRole('region', { name: 'Activity log' }).getByText('echo').waitFor()

  await page.getByRole('button', { name: 'End sandbox' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: /End/ }).click()
  await page.getByRole('dialog').getByText('Clean.').waitFor()

  // Before signing in the page asks once and is told 401, which a browser prints as an error.
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
  const { sandboxes } = await stuntdouble.json<{ sandboxes: object[] }>(['ls'])
  expect(sandboxes).toEqual([])
})

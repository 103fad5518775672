import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { type Preview, startPreview } from './preview-server.ts'

const root = join(import.meta.dirname, '../..')
const axe = createRequire(import.meta.url).resolve('axe-core')

/** The system’s Chromium, and the page as it is built now. Outlives the tests of one file. */
export interface Workshop extends AsyncDisposable {
  readonly browser: Browser
  readonly dist: string
}

export async function openWorkshop(): Promise<Workshop> {
  const dist = await mkdtemp(join(tmpdir(), 'stuntdouble-dashboard-'))
  await build({ root, logLevel: 'error', build: { outDir: dist, emptyOutDir: true } })
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: quiet })
  return {
    browser,
    dist,
    async [Symbol.asyncDispose]() {
      await browser.close()
      await rm(dist, { recursive: true, force: true })
    },
  }
}

/** A browser that does nothing but what the test asks of it. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface OpenDashboard extends AsyncDisposable {
  readonly page: Page
  readonly preview: Preview
  /** What the page must never do: throw, break its security policy, ask another origin. */
  readonly misdeeds: readonly string[]
  signIn(): Promise<void>
  /** What axe calls serious or critical. */
  violations(): Promise<readonly string[]>
}

export async function openDashboard(
  { browser, dist }: Workshop,
  options: BrowserContextOptions = {},
): Promise<OpenDashboard> {
  const preview = await startPreview({ dist })
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const misdeeds = watch(page, preview.url)
  await page.goto(preview.url)
  return {
    page,
    preview,
    misdeeds,
    async signIn() {
      await page.getByLabel('Key').fill(preview.plane.key)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('Live').waitFor()
    },
    violations: () => violationsOf(page),
    async [Symbol.asyncDispose]() {
      await context.close()
      await preview[Symbol.asyncDispose]()
    },
  }
}

function watch(page: Page, origin: string): string[] {
  const misdeeds: string[] = []
  page.on('pageerror', (error) => misdeeds.push(`threw: ${error.message}`))
  page.on('dialog', (dialog) => {
    misdeeds.push(`opened a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) misdeeds.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) misdeeds.push(`asked ${request.url()}`)
  })
  return misdeeds
}

async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(await readFile(axe, 'utf8'))
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    return (await axe.run()).violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n'),
    }))
  })
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, where }) => `${id}: ${where}`)
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDashboard, openWorkshop, type Workshop } from './dev/open-dashboard.ts'
import { furnish } from './dev/preview-scene.ts'
import { minutesFromNow, sampleSandbox, sampleSnapshot } from './dev/samples.ts'

let workshop: Workshop
beforeAll(async () => {
  workshop = await openWorkshop()
})
afterAll(() => workshop?.[Symbol.asyncDispose]())

describe('signing in', () => {
  test('a wrong key is refused with a hint, the right one opens the list', async () => {
    await using desk = await openDashboard(workshop)
    const { page } = desk

    await page.getByLabel('Key').fill('wrong')
    await page.keyboard.press('Enter')
    expect(await page.getByRole('alert').textContent()).toContain('Check the key.')
    await desk.signIn()

    expect(await page.getByText('No sandbox is running.').isVisible()).toBe(true)
    expect(await page.evaluate(() => document.cookie)).toBe('')
    expect(desk.misdeeds).toEqual([])
  })

  test('a session that is over shows the sign-in and nothing else', async () => {
    await using desk = await openDashboard(workshop)
    const { page, preview } = desk
    const { id } = preview.plane.create()
    await desk.signIn()
    await page.getByRole('link', { name: id }).click()

    preview.plane.sessions.clear()
    const button = page.getByRole('button', { name: /^Open a local port/ })
    // The page may have noticed by itself before, and then there is no button any more.
    await button.click({ timeout: 2_000 }).catch(() => {})

    await page.getByLabel('Key').waitFor()
    expect(await page.getByText(id).count()).toBe(0)
  })

  test('signing out ends the session on the server', async () => {
    await using desk = await openDashboard(workshop)
    await desk.signIn()

    await desk.page.getByRole('button', { name: 'Sign out' }).click()
    await desk.page.getByLabel('Key').waitFor()

    expect(desk.preview.plane.sessions.size).toBe(0)
  })
})

describe('the list', () => {
  test('shows a sandbox when it is created and folds it away when it has ended', async () => {
    await using desk = await openDashboard(workshop)
    const { page, preview } = desk
    await desk.signIn()

    const { id } = preview.plane.create()
    const row = page.getByRole('row', { name: id })
    await row.getByText('Ready').waitFor()
    preview.plane.end(id)
    await page.getByText('1 ended').click()

    await row.getByText('Clean', { exact: true }).waitFor()
    expect(await page.getByText('No sandbox is running.').isVisible()).toBe(true)
    expect(desk.misdeeds).toEqual([])
  })

  test('shows one that is paused, and one that goes back to a checkpoint', async () => {
    await using desk = await openDashboard(workshop)
    const paused = desk.preview.plane.create({ state: 'paused' })
    const rolling = desk.preview.plane.create({ state: 'rolling_back' })
    await desk.signIn()

    await desk.page.getByRole('row', { name: paused.id }).getByText('Paused').waitFor()
    await desk.page.getByRole('row', { name: rolling.id }).getByText('Rolling back').waitFor()
    expect(desk.misdeeds).toEqual([])
  })

  test('counts the time down', async () => {
    await using desk = await openDashboard(workshop)
    desk.preview.plane.create({ idleAt: minutesFromNow(2) })
    await desk.signIn()
    const left = desk.page.locator('.left time')

    const before = await left.textContent()
    await expect.poll(() => left.textContent()).not.toBe(before)

    expect(before).toMatch(/^(1m 5\ds|2m 00s)$/)
  })

  test('says when the connection is lost and catches up when it is back', async () => {
    await using desk = await openDashboard(workshop)
    const { page, preview } = desk
    await desk.signIn()

    preview.unplug(true)
    await page.getByText('The connection to the orchestrator was lost.').waitFor()
    const { id } = preview.plane.create()
    preview.unplug(false)

    await page.getByRole('link', { name: id }).waitFor({ timeout: 30_000 })
    await expect.poll(() => page.getByText('was lost').count(), { timeout: 30_000 }).toBe(0)
  })
})

describe('one sandbox', () => {
  test('shows what happens in it as it happens', async () => {
    await using desk = await openDashboard(workshop)
    const { page, preview } = desk
    const { id } = preview.plane.create()
    await desk.signIn()
    await page.getByRole('link', { name: id }).click()
    await page.getByText('in 312 ms').waitFor()

    for (let n = 1; n <= 40; n += 1) {
      preview.plane.tell(id, 'command', { command: `step ${n}`, exitCode: 0, milliseconds: 3 })
    }
    await page.getByText('step 40', { exact: true }).waitFor()

    const log = page.getByRole('region', { name: 'Activity log' })
    const fromEnd = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
    await expect.poll(fromEnd).toBeLessThan(24)
    await log.evaluate((box) => box.scrollTo(0, 0))
    await page.getByRole('button', { name: 'Jump to the latest' }).click()
    await expect.poll(fromEnd).toBeLessThan(24)
  })

  test('keeps passwords and tokens covered until asked', async () => {
    await using desk = await openDashboard(workshop)
    const { page, preview } = desk
    const { id } = preview.plane.create()
    await desk.signIn()
    await page.getByRole('link', { name: id }).click()

    await page.getByRole('button', { name: 'Create a hand-over URL' }).click()
    await page.getByText('/s/••••••••/').waitFor()
    expect(await page.locator('main').textContent()).not.toMatch(/hunter2|preview-token/)
    await page.getByRole('button', { name: 'Show From inside the sandbox' }).click()

    expect(await page.locator('main').textContent()).toContain('hunter2hunter2@db:5432')
  })

  test('is extended', async () => {
    await using desk = await openDashboard(workshop)
    const { page, preview } = desk
    const { id } = preview.plane.create({
      expiresAt: minutesFromNow(10),
      idleAt: minutesFromNow(9),
    })
    await desk.signIn()
    await page.getByRole('link', { name: id }).click()

    await page.getByRole('button', { name: 'Extend by 30 minutes' }).click()

    await page.getByText(/^Extended to \d\d:\d\d:\d\d$/).waitFor()
    expect(await page.locator('.lease-left').textContent()).toMatch(/^(39m \d\ds|40m 00s)$/)
  })

  test('ends after a question, with a receipt whose signature holds', async () => {
    await using desk = await openDashboard(workshop)
    const { page, preview } = desk
    const { id } = preview.plane.create()
    await desk.signIn()
    await page.getByRole('link', { name: id }).click()

    await page.getByRole('button', { name: 'End sandbox' }).click()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('End sandbox')
    expect(preview.plane.sandboxes.get(id)?.state).toBe('ready')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'End sandbox' }).click()

    await dialog.getByText('Clean.').waitFor()
    await dialog.getByText('Unchanged since it was signed').waitFor()
    expect(await dialog.getByRole('row').count()).toBe(7)
    await dialog.getByRole('button', { name: 'Close' }).click()
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(id)
    expect(desk.misdeeds).toEqual([])
  })

  test('that left a doubt is not called clean, and an altered receipt is found out', async () => {
    await using desk = await openDashboard(workshop)
    const { page, preview } = desk
    preview.plane.doubts = ['The engine did not answer.']
    const { id } = preview.plane.create()
    const receipt = preview.plane.end(id)
    if (receipt) preview.plane.receipts.set(id, { ...receipt, endedAt: minutesFromNow(-60) })
    await desk.signIn()

    await page.getByText('1 not clean').waitFor()
    await page.goto(`${preview.url}/#/sandboxes/${id}`)

    await page.getByText('The engine did not answer.').waitFor()
    await page.getByText('Does not match the receipt').waitFor()
  })
})

test('hostile strings are shown as the text they are', async () => {
  await using desk = await openDashboard(workshop)
  const { page, preview } = desk
  const hostile = '<img src=x onerror="document.title=\'owned\';alert(1)"><script>alert(2)</script>'
  preview.plane.doubts = [hostile]
  preview.plane.snapshots.push(
    sampleSnapshot({ findings: [{ severity: 'warning', where: hostile, message: hostile }] }),
  )
  const { id } = preview.plane.create({
    image: hostile,
    databases: {
      [hostile]: { ...sampleSandbox().databases.db, url: `javascript:${hostile}` } as never,
    },
    problem: { type: 'x', title: hostile, status: 500, code: 'x', hint: hostile, retryable: false },
  })
  preview.plane.tell(id, 'command', {
    command: hostile,
    exitCode: 1,
    stdoutTail: `\u202e${hostile}`,
  })
  preview.plane.tell(id, 'egress_denied', { method: 'CONNECT', target: hostile })
  preview.plane.tell(id, hostile, { [hostile]: hostile })
  await desk.signIn()
  await page.getByText('1 finding').click()
  await page.getByRole('link', { name: id }).click()
  await page.getByText(`\\u{202e}${hostile}`).waitFor()
  await page.getByRole('button', { name: 'End sandbox' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End sandbox' }).click()
  await page.getByRole('dialog').getByText(hostile).waitFor()

  expect(await page.locator('img, #app script, [href^="javascript"]').count()).toBe(0)
  expect(await page.title()).toBe(`${id} · Stuntdouble`)
  expect(desk.misdeeds).toEqual([])
})

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  test('axe finds nothing serious on any page', async () => {
    await using desk = await openDashboard(workshop, { colorScheme })
    const { page, preview } = desk
    expect(await desk.violations()).toEqual([])

    furnish(preview.plane)
    await desk.signIn()
    await page.getByText('2 ended').click()
    await page.getByText('2 findings').click()
    expect(await desk.violations()).toEqual([])

    await page.getByRole('row', { name: 'Ready' }).first().getByRole('link').click()
    await page.getByText('psql').waitFor()
    expect(await desk.violations()).toEqual([])

    await page.getByRole('button', { name: 'End sandbox' }).click()
    expect(await desk.violations()).toEqual([])
    await page.getByRole('dialog').getByRole('button', { name: 'End sandbox' }).click()
    await page.getByRole('dialog').getByText('Unchanged since').waitFor()
    expect(await desk.violations()).toEqual([])
  })
})

test('on a phone nothing is wider than the screen', async () => {
  await using desk = await openDashboard(workshop, { viewport: { width: 360, height: 740 } })
  const { page, preview } = desk
  const width = () => page.evaluate(() => document.documentElement.scrollWidth)
  furnish(preview.plane)
  await desk.signIn()
  expect(await width()).toBe(360)

  await page.getByRole('link', { name: /^sb/ }).first().click()
  await page.getByRole('heading', { name: 'Activity' }).waitFor()

  expect(await width()).toBe(360)
})

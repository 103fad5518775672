import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { everyPreview } from '../capabilities/capabilities.ts'
import { openPreview } from './testing/inside.ts'

const echo = ({ rawHeaders }: IncomingMessage, response: ServerResponse) => {
  response.end(JSON.stringify(rawHeaders))
}

async function open() {
  const preview = await openPreview(echo)
  const { capabilities } = preview.gateway
  return { ...preview, traffic: capabilities.narrow(preview.token, everyPreview) }
}

test('the token of E2B’s clients opens every preview, and does not go inside', async () => {
  await using preview = await open()
  const headers = { 'E2B-Traffic-Access-Token': preview.traffic }
  const { status, body } = await preview.ask({ headers })
  const elsewhere = await preview.ask({ headers, host: preview.host.replace('3000', '3001') })

  expect(status).toBe(200)
  expect(body.toLowerCase()).not.toMatch(/traffic|sp_/)
  expect(elsewhere.status).toBe(502)
})

test('it opens nothing in any other place, and nothing else opens there', async () => {
  await using preview = await open()
  const { traffic, token, gateway, host } = preview
  const { link } = gateway.previews.view(host.slice(5, 19), 3000, token)
  const linked = new URL(link).searchParams.get('token') ?? ''
  const refused = [
    { headers: { 'x-stuntdouble-token': traffic } },
    { headers: { authorization: `Bearer ${traffic}` } },
    { headers: { cookie: `stuntdouble_preview=${traffic}` } },
    { path: `/?token=${traffic}` },
    { headers: { 'e2b-traffic-access-token': token } },
    { headers: { 'e2b-traffic-access-token': linked } },
    {
      host: host.replace(/sb\w+/, 'sb999999999999'),
      headers: { 'e2b-traffic-access-token': traffic },
    },
  ]

  for (const asked of refused) expect((await preview.ask(asked)).status).toBe(401)
  expect((await fetch(`${gateway.origin}/s/${traffic}`)).status).toBe(401)
  const envd = { headers: { 'x-access-token': traffic } }
  expect((await fetch(`${gateway.origin}/e2b/health`, envd)).status).toBe(401)
})

test('it ends with the sandbox', async () => {
  await using preview = await open()
  preview.gateway.capabilities.revokeAll(preview.host.slice(5, 19))

  expect(
    (await preview.ask({ headers: { 'e2b-traffic-access-token': preview.traffic } })).status,
  ).toBe(410)
})

import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { sandbox } from '../gateway/testing/gateway-under-test.ts'
import { openPreview, port } from './testing/inside.ts'

const page = (_request: unknown, response: ServerResponse) => {
  response.setHeader('content-type', 'text/html')
  response.setHeader('set-cookie', 'a=1')
  response.setHeader('content-security-policy', 'default-src *')
  response.setHeader('access-control-allow-origin', '*')
  response.end('<script>alert(1)</script>')
}

test('a program reaches a port by a path of the gateway', async () => {
  await using preview = await openPreview((request, response) => response.end(request.url))
  const url = `${preview.gateway.url}/ports/${port}/deep/er?x=%2F`

  const { body } = await preview.ask({ host: '127.0.0.1', path: `${new URL(url).pathname}?x=%2F` })
  expect(body).toBe('/deep/er?x=%2F')
})

test('what comes that way can be neither shown nor run', async () => {
  await using preview = await openPreview(page)
  const path = `/s/${preview.token}/ports/${port}/`
  const { headers, status } = await preview.ask({ host: '127.0.0.1', path })

  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'content-disposition': 'attachment',
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  })
  expect(headers['set-cookie']).toBeUndefined()
  expect(headers['access-control-allow-origin']).toBeUndefined()
})

test.each([
  { 'sec-fetch-mode': 'navigate' },
  { 'sec-fetch-dest': 'script' },
  { 'service-worker': 'script' },
])('a browser that says %j is refused', async (headers) => {
  await using preview = await openPreview(page)
  const path = `/s/${preview.token}/ports/${port}/`
  const { body, status } = await preview.ask({ host: '127.0.0.1', path, headers })

  expect(status).toBe(403)
  expect(body).not.toContain('alert')
})

test('a port is described without being asked', async () => {
  await using preview = await openPreview(() => expect.unreachable())
  const path = `/s/${preview.token}/ports/${port}`
  const { body } = await preview.ask({ host: '127.0.0.1', path })

  expect(JSON.parse(body)).toMatchObject({
    port,
    url: `https://${port}-${sandbox}.preview.example.com/`,
  })
})

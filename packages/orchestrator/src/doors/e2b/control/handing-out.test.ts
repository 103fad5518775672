import { expect, test } from 'vitest'
import { everyPreview } from '../../../capabilities/capabilities.ts'
import { openControl } from '../testing/control-under-test.ts'

test('what is handed out opens the sandbox, and another token its previews alone', async () => {
  await using control = await openControl()
  const { ask, lifecycle } = control
  const { status, body } = await ask('POST', '/v2/sandboxes', { body: {} })
  const { sandboxID: id, envdAccessToken, trafficAccessToken } = body
  const { capabilities } = lifecycle

  expect(status).toBe(201)
  expect(capabilities.verify(envdAccessToken)).toBe(id)
  expect(() => capabilities.verify(trafficAccessToken)).toThrow(/opens no sandbox/)
  expect(() => capabilities.verifyNarrowed(trafficAccessToken, id, everyPreview)).not.toThrow()
  const again = await ask('POST', `/v2/sandboxes/${id}/connect`)
  expect(again.body).toMatchObject({ envdAccessToken, trafficAccessToken })
})

test('a token that was revoked is not handed out again', async () => {
  await using control = await openControl()
  const { ask, lifecycle } = control
  const { body } = await ask('POST', '/v2/sandboxes', { body: {} })
  lifecycle.sandboxes.revoke(body.sandboxID, body.envdAccessToken)
  const again = await ask('POST', `/v2/sandboxes/${body.sandboxID}/connect`)

  expect(again.status).toBe(200)
  expect(lifecycle.capabilities.verify(again.body.envdAccessToken)).toBe(body.sandboxID)
})

test('traffic that is private is what every sandbox has; any other wish is refused', async () => {
  await using control = await openControl()
  const create = (network: object) => control.ask('POST', '/v2/sandboxes', { body: { network } })

  expect(await create({ allowPublicTraffic: false })).toMatchObject({ status: 201 })
  for (const network of [
    { allowPublicTraffic: true },
    { allowPublicTraffic: false, allowOut: ['1.1.1.1'] },
    {},
  ])
    expect(await create(network)).toMatchObject({ status: 501 })
})

test('a client is told where previews are', async () => {
  await using control = await openControl()

  expect(control.e2b.environment()).toMatchObject({
    E2B_API_URL: 'http://127.0.0.1:1/e2b',
    E2B_DOMAIN: 'localhost:2',
  })
})

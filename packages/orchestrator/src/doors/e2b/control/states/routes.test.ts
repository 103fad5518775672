import { expect, test } from 'vitest'
import { openControl } from '../../testing/control-under-test.ts'

async function openPaused() {
  const control = await openControl()
  const { id } = await control.lifecycle.create({ ttl: '5m' })
  const at = `/sandboxes/${id}`
  expect(await control.ask('POST', `${at}/pause`)).toMatchObject({ status: 204 })
  return { ...control, id, at }
}
const minutes = (count: number) => count * 60_000

test('a paused sandbox says so, and a second pause is told', async () => {
  await using control = await openPaused()
  const { ask, id, at } = control

  expect(await ask('GET', at)).toMatchObject({ body: { state: 'paused' } })
  expect((await ask('GET', '/v2/sandboxes')).body).toMatchObject([{ sandboxID: id }])
  expect((await ask('GET', '/sandboxes')).body).toEqual([])
  expect(await ask('POST', `${at}/pause`)).toMatchObject({ status: 409, body: { code: 409 } })
})

test('its time-out does not run, and the operator’s limit does', async () => {
  await using control = await openPaused()
  const { sandboxes, time } = control.lifecycle
  const begun = time.now

  expect(Date.parse(sandboxes.get(control.id).expiresAt)).toBe(begun + minutes(120))
  time.now += minutes(90)
  expect(
    await control.ask('POST', `/v2${control.at}/connect`, { body: { timeout: 600 } }),
  ).toMatchObject({
    status: 200,
    body: { sandboxID: control.id, envdAccessToken: expect.stringMatching(/^sd_/) },
  })
  expect(sandboxes.get(control.id)).toMatchObject({
    state: 'ready',
    expiresAt: new Date(begun + minutes(100)).toISOString(),
  })
})

test('many who connect at once all find it awake', async () => {
  await using control = await openPaused()
  const asked = Array.from({ length: 5 }, () => control.ask('POST', `${control.at}/connect`))

  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(5).fill(200))
  expect(control.lifecycle.sandboxes.get(control.id).state).toBe('ready')
})

test('an older client resumes what is paused and nothing else', async () => {
  await using control = await openPaused()
  const { ask, at } = control

  expect(await ask('POST', `${at}/resume`, { body: { timeout: 60 } })).toMatchObject({
    status: 201,
  })
  expect(await ask('POST', `${at}/resume`)).toMatchObject({ status: 409 })
  expect(await ask('POST', `${at}/connect`, { body: { timeout: 600 } })).toMatchObject({
    status: 200,
  })
})

test('a paused sandbox is killed, and its time-out is set', async () => {
  await using control = await openPaused()
  const { ask, at } = control

  expect(await ask('POST', `${at}/timeout`, { body: { timeout: 60 } })).toMatchObject({
    status: 204,
  })
  expect(await ask('DELETE', at)).toMatchObject({ status: 204 })
  expect(await ask('POST', `${at}/connect`)).toMatchObject({ status: 404 })
  expect(await ask('POST', `${at}/pause`)).toMatchObject({ status: 404 })
})

test('a pause that would forget what runs is not made', async () => {
  await using control = await openPaused()
  const { ask, at } = control

  expect(await ask('POST', `${at}/connect`, { body: { memory: false } })).toMatchObject({
    status: 501,
  })
  expect(await ask('POST', `${at}/connect`, { body: { memory: true } })).toMatchObject({
    status: 200,
  })
  expect(await ask('POST', `${at}/pause`, { body: { memory: false } })).toMatchObject({
    status: 501,
  })
  expect(control.lifecycle.sandboxes.get(control.id).state).toBe('ready')
})

test('forks are as many as were asked for, and know what was said of the first', async () => {
  await using control = await openControl()
  const { ask, e2b, lifecycle } = control
  const { id } = await lifecycle.create()
  e2b.notes.put(id, { template: 'shop', metadata: { of: 'the first' }, env: { A: '1' } })
  const { status, body } = await ask('POST', `/sandboxes/${id}/fork`, {
    body: { count: 2, timeout: 60 },
  })

  expect(status).toBe(201)
  expect(body).toMatchObject([
    { sandbox: { templateID: 'shop', envdAccessToken: expect.stringMatching(/^sd_/) } },
    { sandbox: { templateID: 'shop' } },
  ])
  const { sandboxID } = body[0].sandbox
  expect(e2b.notes.get(sandboxID)).toEqual(e2b.notes.get(id))
  expect(lifecycle.sandboxes.get(sandboxID).secondsLeft).toBe(60)
  expect(await ask('POST', `/sandboxes/${id}/fork`, { body: { count: 2 } })).toMatchObject({
    status: 429,
  })
  expect(await ask('POST', `/sandboxes/${id}/fork`, { body: { count: 1000 } })).toMatchObject({
    status: 400,
  })
})

test.each(['pause', 'resume', 'connect', 'fork'])('%s needs the face’s own key', async (verb) => {
  await using control = await openControl()
  const { id } = await control.lifecycle.create()

  for (const key of ['sdk_key', 'e2b_0', ''])
    expect(await control.ask('POST', `/sandboxes/${id}/${verb}`, { key })).toMatchObject({
      status: 401,
    })
})

test('a pause that has to wait for a checkpoint is not told to be there already', async () => {
  await using control = await openControl()
  const { ask, lifecycle } = control
  const { id } = await lifecycle.create()
  const held = Promise.withResolvers<void>()
  Object.assign(lifecycle.engine, { checkpoint: () => held.promise })
  const making = lifecycle.sandboxes.checkpoints.create(id)
  const { status } = await ask('POST', `/sandboxes/${id}/pause`)
  held.resolve()
  await making

  expect(status).toBe(503)
  expect(await ask('POST', `/sandboxes/${id}/pause`)).toMatchObject({ status: 204 })
})

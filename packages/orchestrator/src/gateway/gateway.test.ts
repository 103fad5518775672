import { describe, expect, test } from 'vitest'
import { openGateway, problem, sandbox } from './testing/gateway-under-test.ts'

describe('a hand-over URL', () => {
  test.each([
    ['application/json', 'application/json; charset=utf-8'],
    ['text/plain', 'text/plain; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
  ])('opened for %s explains itself as %s', async (accept, type) => {
    await using gateway = await openGateway()
    const response = await fetch(gateway.url, { headers: { accept } })
    const body = await response.text()

    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('vary')).toBe('accept')
    expect(body).toContain(`${gateway.url}/exec`)
    expect(body).toContain(sandbox)
  })

  test('opened by a person leads to a clean address, by a cookie that is good there', async () => {
    await using gateway = await openGateway()
    const opened = await openAsPerson(gateway.url)
    const page = await fetch(`${gateway.origin}${opened.location}`, person(opened.cookie))

    expect(opened).toMatchObject({ status: 303, location: `/s/${sandbox}` })
    expect(opened.cookie).toMatch(/; Path=\/s\/sb0{12}; HttpOnly; SameSite=Lax$/)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain(sandbox)
    expect(opened.cookie).not.toContain(gateway.token)
  })

  test('shown to a person holds nothing that a browser would run', async () => {
    await using gateway = await openGateway()
    const { cookie } = await openAsPerson(gateway.url)
    const response = await fetch(`${gateway.origin}/s/${sandbox}`, person(cookie))
    const text = await response.text()

    expect(text).not.toMatch(/<script|<b>shop|\son\w+=/)
    expect(text).toContain('&lt;b&gt;shop')
    expect(text).not.toContain(gateway.token)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test.each([
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, 403],
    [
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      403,
    ],
    [{ origin: 'http://127.0.0.1:1' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
  ])('a page’s cookie that comes with %j is answered with %i', async (headers, status) => {
    await using gateway = await openGateway()
    const { cookie } = await openAsPerson(gateway.url)
    const request = { headers: { ...person(cookie).headers, ...headers } }

    expect((await fetch(`${gateway.origin}/s/${sandbox}`, request)).status).toBe(status)
  })

  test('a page’s cookie is good for its own sandbox, while the token is', async () => {
    await using gateway = await openGateway()
    const { cookie } = await openAsPerson(gateway.url)
    const other = gateway.capabilities.issue('sb111111111111', gateway.time.now + 60_000)
    const status = async (id: string) =>
      (await fetch(`${gateway.origin}/s/${id}`, person(cookie))).status

    expect(other).toBeDefined()
    expect(await status('sb111111111111')).toBe(401)
    gateway.capabilities.revokeAll(sandbox)
    expect(await status(sandbox)).toBe(410)
  })

  test('counts as a use while it is open, and no longer', async () => {
    await using gateway = await openGateway()
    await fetch(gateway.url)
    await gateway.exec({ command: 'true' })

    expect(gateway.uses).toEqual({ open: 0, ever: 2 })
  })

  test.each([
    ['of nobody', `sd_sb000000000000_${'a'.repeat(43)}`, 401, 'unauthorized'],
    ['of another form', 'hello', 401, 'unauthorized'],
    ['that is only an id', sandbox, 401, 'unauthorized'],
  ])('%s is refused', async (...[, handle, status, code]) => {
    await using gateway = await openGateway()
    const response = await fetch(`${gateway.origin}/s/${handle}`)

    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(await problem(response)).toEqual({
      ...{ type: `urn:stuntdouble:error:${code}`, status, code, retryable: false },
      ...{ title: expect.any(String), hint: expect.any(String) },
    })
  })

  test('has who tries one after the other wait, and lets the right one in meanwhile', async () => {
    await using gateway = await openGateway()
    const statuses: number[] = []
    for (let tried = 0; tried < 130; tried++) {
      const wrong = `sd_${sandbox}_${String(tried).padStart(43, 'x')}`
      statuses.push((await fetch(`${gateway.origin}/s/${wrong}`)).status)
    }

    expect(statuses.slice(0, 120)).toEqual(Array(120).fill(401))
    expect(statuses.slice(120)).toEqual(Array(10).fill(429))
    expect((await fetch(gateway.url)).status).toBe(200)
  })

  test('that expired, or was revoked, is gone', async () => {
    await using gateway = await openGateway()
    const short = gateway.capabilities.issue(sandbox, gateway.time.now + 1000)
    gateway.time.now += 1000
    const expired = await fetch(`${gateway.origin}/s/${short}`)
    gateway.capabilities.revokeAll(sandbox)
    const revoked = await fetch(gateway.url)

    expect([expired.status, revoked.status]).toEqual([410, 410])
    expect(await problem(revoked)).toMatchObject({ code: 'sandbox_gone' })
  })

  test.each(['/s/%zz', '/nothing', '/s', '/v1/sandboxes'])(
    '%s is no address here',
    async (path) => {
      await using gateway = await openGateway()
      const response = await fetch(`${gateway.origin}${path}`)

      expect([400, 404]).toContain(response.status)
      expect(await problem(response)).toMatchObject({ hint: expect.any(String) })
    },
  )
})

describe('exec', () => {
  test('answers in JSON, and is recorded', async () => {
    await using gateway = await openGateway(({ stdout, stderr }) => {
      stdout.write('out')
      stderr.write('err')
      return 3
    })
    const response = await gateway.exec({ command: ['run', 'it'] })

    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ stdout: 'out', stderr: 'err', exitCode: 3 })
    expect(gateway.recorder.list(sandbox)).toMatchObject([
      { type: 'command', data: { command: 'run it', exitCode: 3, stdoutTail: 'out' } },
    ])
    expect(JSON.stringify(gateway.recorder.list(sandbox))).not.toContain(gateway.token)
  })

  test('streams lines to who accepts them', async () => {
    await using gateway = await openGateway(({ stdout }) => {
      stdout.write(Buffer.of(0xff, 0x00))
      return 7
    })
    const response = await gateway.exec({ command: 'x' }, { accept: 'application/x-ndjson' })
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    expect(lines).toEqual([
      { type: 'stdout', data: '/wA=' },
      { type: 'exit', exitCode: 7 },
    ])
  })

  test.each([
    ['application/json', 504],
    ['application/x-ndjson', 200],
  ])('that takes too long is told to who accepts %s', async (accept, status) => {
    await using gateway = await openGateway(() => new Promise(() => {}))
    const response = await gateway.exec({ command: 'x', timeoutMs: 30 }, { accept })

    expect(response.status).toBe(status)
    expect(await response.text()).toContain('"code":"timed_out"')
    expect(gateway.uses.open).toBe(0)
  })

  test.each([
    [{}, /command/],
    [{ command: '' }, /command/],
    [{ command: 'x', cwd: 'relative' }, /cwd/],
    [{ command: 'x', env: { 'A=B': '' } }, /env/],
    [{ command: 'x', user: 'root' }, /user/],
    [{ command: 'x', timeoutMs: -1 }, /timeoutMs/],
  ])('of %j is a matter of usage', async (body, word) => {
    await using gateway = await openGateway()
    const response = await gateway.exec(body)

    expect(response.status).toBe(400)
    expect((await problem(response)).title).toMatch(word)
  })

  test('needs no content type: a shell’s curl calls its JSON a form', async () => {
    await using gateway = await openGateway(() => 3)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await gateway.exec({ command: 'x' }, form)

    expect(await response.json()).toMatchObject({ exitCode: 3 })
  })

  test.each([
    ['not JSON', '{'],
    ['too large', 'x'.repeat(8 * 2 ** 20)],
    ['not JSON, of an unknown encoding', '{', { 'content-encoding': 'zip' }],
  ])('by nobody is refused before its body is read: %s', async (...[, body, headers = {}]) => {
    await using gateway = await openGateway()
    const url = `${gateway.origin}/s/sd_${sandbox}_${'a'.repeat(43)}/exec`
    const response = await fetch(url, { method: 'POST', headers, body })

    expect(await problem(response)).toMatchObject({ code: 'unauthorized' })
  })

  test('of what is not JSON, or too large, is the client’s mistake', async () => {
    await using gateway = await openGateway()
    const post = (body: string) =>
      fetch(`${gateway.url}/exec`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
      })

    for (const body of ['{', JSON.stringify({ command: 'x'.repeat(2 ** 20) })]) {
      const response = await post(body)
      expect(response.status).toBe(400)
      expect(await problem(response)).toMatchObject({ code: 'usage' })
    }
  })
})

describe('files', () => {
  test('a part is answered as one, and one that is not there says how much there is', async () => {
    const says = (text: string) =>
      openGateway(
        ({ stdout }) => {
          stdout.write(text)
          return 0
        },
        { realFiles: true },
      )
    await using there = await says('part 1 3 9\nabc')
    await using beyond = await says('none 9\n')
    const ask = ({ url }: { url: string }) =>
      fetch(`${url}/files/workspace/x`, { headers: { range: 'bytes=1-3' } })
    const [part, none] = [await ask(there), await ask(beyond)]

    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe('bytes 1-3/9')
    expect(part.headers.get('x-stuntdouble-size')).toBe('9')
    expect(await part.text()).toBe('abc')
    expect([none.status, none.headers.get('content-range')]).toEqual([416, 'bytes */9'])
    expect(await problem(none)).toMatchObject({ code: 'range_not_satisfiable' })
  })

  test('are written, read as bytes for saving, and removed', async () => {
    await using gateway = await openGateway()
    const url = `${gateway.url}/files/workspace/a%20b/%C3%BC.html`
    const written = await fetch(url, { method: 'PUT', body: '<script>' })
    const read = await fetch(url)

    expect(await written.json()).toEqual({ path: '/workspace/a b/ü.html', size: 8 })
    expect(await read.text()).toBe('<script>')
    expect(Object.fromEntries(read.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
      'x-stuntdouble-type': 'file',
    })
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(204)
    expect(gateway.recorder.list(sandbox).map(({ type }) => type)).toEqual([
      ...['file_written', 'file_removed'],
    ])
  })

  test('are found by a path that is encoded whole, as clients made of the OpenAPI document do', async () => {
    await using gateway = await openGateway()
    const url = `${gateway.url}/files/${encodeURIComponent('workspace/a b/ü.html')}`
    const written = await fetch(url, { method: 'PUT', body: 'ü' })

    expect(await written.json()).toEqual({ path: '/workspace/a b/ü.html', size: 2 })
    expect(await (await fetch(`${gateway.url}/files/workspace/a%20b/ü.html`)).text()).toBe('ü')
  })

  test('of a directory are listed', async () => {
    await using gateway = await openGateway()
    const response = await fetch(`${gateway.url}/files/`)

    expect(response.headers.get('x-stuntdouble-type')).toBe('directory')
    expect(await response.json()).toEqual({ path: '/', entries: [] })
  })

  test('that are not there are not found', async () => {
    await using gateway = await openGateway()
    for (const method of ['GET', 'DELETE']) {
      const response = await fetch(`${gateway.url}/files/none`, { method })
      expect(response.status).toBe(404)
      expect(await problem(response)).toMatchObject({ code: 'file_not_found' })
    }
  })

  test('that break off are not passed for whole', async () => {
    await using gateway = await openGateway()
    const response = await fetch(`${gateway.url}/files/torn`)

    await expect(response.text()).rejects.toThrow('terminated')
  })

  test('with a NUL in their path are refused', async () => {
    await using gateway = await openGateway()
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(`${gateway.url}/files/cut%00short`, { method })
      expect(response.status).toBe(400)
    }
    expect(gateway.contents.size).toBe(0)
  })
})

describe('what is open when the end of a sandbox begins', () => {
  test('is told so as a command that has said nothing yet', async () => {
    await using gateway = await openGateway(() => new Promise<number>(() => {}))
    const answer = gateway.exec({ command: 'x' })
    await expect.poll(() => gateway.uses.open).toBe(1)
    gateway.cut()

    expect(await problem(await answer)).toMatchObject({ code: 'sandbox_gone', status: 410 })
  })

  test('is told so on a last line as a command that streams', async () => {
    await using gateway = await openGateway(({ stdout }) => {
      stdout.write('begun')
      return new Promise<number>(() => {})
    })
    const answer = await gateway.exec({ command: 'x' }, { accept: 'application/x-ndjson' })
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    const first = (await reader?.read())?.value
    gateway.cut()

    expect(first).toContain(btoa('begun'))
    expect((await reader?.read())?.value).toContain('"code":"sandbox_gone"')
    expect((await reader?.read())?.done).toBe(true)
  })
})

const person = (cookie: string) => ({
  headers: { accept: 'text/html', cookie: cookie.split(';')[0] ?? '' },
})

async function openAsPerson(url: string) {
  const opened = await fetch(url, { headers: { accept: 'text/html' }, redirect: 'manual' })
  const { status, headers } = opened
  return {
    ...{ status, location: headers.get('location') },
    cookie: headers.get('set-cookie') ?? '',
  }
}

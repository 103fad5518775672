import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ask } from '../../packages/cli/src/drill/ask.ts'
import { type Scene, said } from './scene.ts'

export function describeFiles(scene: () => Scene): void {
  const files = async (path: string, asked = {}) => {
    const { gatewayUrl = '' } = (await scene().stuntdouble.orchestrator()) ?? {}
    return ask(gatewayUrl, `/s/${scene().box.token}/files${path}`, asked)
  }
  const passwd = () => said(scene().box, 'cat /etc/passwd')

  describe('the files of a sandbox', () => {
    test.each([
      ['a path that climbs', '/workspace/../../../../../../etc/passwd'],
      ['an encoded path that climbs', '/workspace/%2e%2e/%2e%2e/etc/passwd'],
      ['encoded slashes', '/workspace%2f..%2f..%2fetc%2fpasswd'],
    ])('are the sandbox’s own by %s', async (_what, path) => {
      const { status, body } = await files(path)

      expect(status).toBe(200)
      expect(body).toBe(await passwd())
      expect(body).toContain('agent:x:1000')
    })

    test('a link leads no further than the agent', async () => {
      await said(
        scene().box,
        'ln -s /etc /workspace/etc; ln -s /etc/shadow /workspace/shadow; ln -s /proc/1/environ /workspace/environ; ln -s /proc/1/root /workspace/root',
      )

      expect((await files('/workspace/etc/passwd')).body).toBe(await passwd())
      for (const path of [
        '/workspace/shadow',
        '/workspace/environ',
        '/workspace/root/etc/passwd',
        '/proc/1/environ',
        '/proc/1/mem',
      ]) {
        const { status, body } = await files(path)
        expect([403, 404], path).toContain(status)
        expect(JSON.parse(body).hint).toBeTruthy()
      }
      const written = await files('/workspace/etc/planted', { method: 'PUT', body: 'x' })
      expect(written.status).toBe(403)
      expect((await files('/etc/passwd', { method: 'DELETE' })).status).toBe(403)
    })

    test.each(['pipe', 'unix socket'])('a %s does not hang a request', async (kind) => {
      const make =
        kind === 'pipe'
          ? 'mkfifo'
          : `python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])'`
      await said(scene().box, `${make} '/workspace/special ${kind}'`)
      const started = performance.now()
      const path = `/workspace/special%20${encodeURIComponent(kind)}`

      expect((await files(path)).status).toBe(403)
      expect((await files('/dev/zero')).status).toBe(403)
      expect((await files(path, { method: 'PUT', body: 'now a file' })).status).toBe(200)
      expect((await files(path)).body).toBe('now a file')
      expect(performance.now() - started).toBeLessThan(10_000)
    })

    test('names may hold anything', async () => {
      const names = [
        'two\nlines',
        'tab\there',
        '-rf',
        'quote \' " $(id) `id` \\',
        'ünïcødé 🎭',
        '%2e%2e',
        '...',
        ' ',
      ]
      const { box } = scene()
      for (const name of names) {
        await box.files.write(`/workspace/names/${name}`, name)
        expect(await box.files.readText(`/workspace/names/${name}`)).toBe(name)
      }
      const listed = await box.files.list('/workspace/names')
      expect(listed.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
      await box.files.remove('/workspace/names/-rf')
      expect(await box.files.exists('/workspace/names/-rf')).toBe(false)
    })

    test('a name with a NUL is refused, not cut short', async () => {
      for (const asked of [{}, { method: 'PUT', body: 'x' }, { method: 'DELETE' }]) {
        const { status } = await files('/workspace/cut%00short', asked)
        expect(status).toBe(400)
      }
      expect(await scene().box.files.exists('/workspace/cut')).toBe(false)
    })

    test('bytes come back as they went', async () => {
      const bytes = Buffer.concat([randomBytes(3_000_000), Buffer.from([0, 10, 13, 255, 254])])
      const { box } = scene()
      const { size } = await box.files.write('/workspace/bytes', bytes)
      const sumInside = (await said(box, 'sha256sum /workspace/bytes')).split(' ')[0]
      const back = await box.files.read('/workspace/bytes')

      expect({ size, sumInside }).toEqual({ size: bytes.length, sumInside: sha256(bytes) })
      expect({ size: back.length, sum: sha256(back) }).toEqual({ size, sum: sumInside })
    })

    test('a page is saved and never shown', async () => {
      const page = '<!doctype html><script>fetch("/s/")</script>'
      for (const name of ['page.html', 'image.svg', 'script.js', 'data.json']) {
        await scene().box.files.write(`/workspace/${name}`, page)
        const { status, headers, body } = await files(`/workspace/${name}`, {
          headers: { accept: 'text/html' },
        })
        expect({ status, body }).toEqual({ status: 200, body: page })
        expect(headers['content-type']).toBe('application/octet-stream')
        expect(headers['content-disposition']).toMatch(/^attachment/)
        expect(headers['x-content-type-options']).toBe('nosniff')
        expect(headers['content-security-policy']).toContain("default-src 'none'")
      }
    })

    test('a directory’s names do not become a page either', async () => {
      await said(
        scene().box,
        `mkdir -p /workspace/d; touch '/workspace/d/<script>alert(1)<script>'`,
      )
      const { headers } = await files('/workspace/d', { headers: { accept: 'text/html' } })

      expect(headers['content-type']).toMatch(/^application\/json/)
    })

    test('an upload that breaks off leaves the old file', async () => {
      const { box } = scene()
      await box.files.write('/workspace/kept', 'old')
      const torn = new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(1024))
          if (Math.random() < 0.01) controller.error(new Error('torn'))
        },
      })
      await expect(box.files.write('/workspace/kept', torn)).rejects.toThrow()

      expect(await box.files.readText('/workspace/kept')).toBe('old')
      await expect.poll(() => said(box, 'ls -A /workspace | grep -c upload || true')).toBe('0\n')
    })
  })
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

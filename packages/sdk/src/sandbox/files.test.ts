import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openBox } from '../testing/open-box.ts'
import { Files } from './files.ts'

test('what is written is read back, byte for byte', async () => {
  await using box = await openBox()
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  expect(await box.files.write('a/b.bin', bytes)).toEqual({ path: '/workspace/a/b.bin', size: 256 })
  expect(await box.files.read('/workspace/a/b.bin')).toEqual(bytes)
})

test('names that mean something in a URL are names all the same', async () => {
  await using box = await openBox()
  await box.files.write('50% off? #1 ü.txt', 'text')
  expect(await box.files.readText('50% off? #1 ü.txt')).toBe('text')
  expect((await box.files.list()).map(({ name }) => name)).toEqual(['50% off? #1 ü.txt'])
})

test('dots are resolved before they reach the URL', async () => {
  await using box = await openBox()
  await box.files.write('../tmp/x', 'x')
  expect(await box.files.exists('/tmp/x')).toBe(true)
})

test('a removed file is no longer there', async () => {
  await using box = await openBox()
  await box.files.write('x', 'x')
  await box.files.remove('x')
  expect(await box.files.exists('x')).toBe(false)
  await expect(box.files.read('x')).rejects.toMatchObject({ code: 'file_not_found' })
})

test('a directory is not read as a file, nor a file listed as a directory', async () => {
  await using box = await openBox()
  await box.files.write('d/x', 'x')
  await expect(box.files.readText('d')).rejects.toThrow('/workspace/d is a directory'.slice(11))
  await expect(box.files.list('d/x')).rejects.toThrow('is not a directory')
})

test('a file that breaks off is an error, however it is read', async () => {
  const server = createServer((_request, response) => {
    response.write('half')
    setTimeout(() => response.destroy(), 20)
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const files = new Files({ url: `http://127.0.0.1:${port}` })
  const cutShort = { code: 'orchestrator_unreachable', retryable: true }

  await expect(files.read('x')).rejects.toMatchObject(cutShort)
  await expect(files.readText('x')).rejects.toMatchObject(cutShort)
  await expect(Array.fromAsync(await files.readStream('x'))).rejects.toMatchObject(cutShort)
})

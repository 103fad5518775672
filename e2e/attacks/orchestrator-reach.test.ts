import { expect, test } from 'vitest'
import {
  asksProxy,
  dialling,
  dialsOrchestrator,
} from '../../packages/cli/src/drill/attacks/network.ts'
import { expectHeld, expectThrough } from './inside.ts'
import { useScene } from './scene.ts'

const scene = useScene()

/** The control plane’s port and the gateway’s, as a program of this machine dials them. */
async function ports() {
  const { url = '', gatewayUrl = '' } = (await scene().stuntdouble.orchestrator()) ?? {}
  return [url, gatewayUrl]
    .map((origin) => new URL(origin))
    .map(({ hostname, port }) => ({ host: hostname, port: Number(port) }))
}

test('neither port of the orchestrator is within reach, nor the engine’s socket', async () => {
  const targets = await ports()
  const attack = dialsOrchestrator(targets)
  const onHost = { plain: scene().plainOnHost }
  expect(await expectThrough({ ...attack, script: dialling(targets) }, onHost)).toHaveLength(2)
  expect(await expectThrough(attack, scene())).toContain('the engine')

  await expectHeld(attack, scene())
})

test('the one way out does not lead there', async () => {
  const places = (await ports()).map(({ host, port }) => `${host}:${port}`)
  const attack = asksProxy(places)
  await using proxy = await openProxy()
  expect(await proxy.through(attack, places)).toHaveLength(4)

  await expectHeld(attack, scene())
})

/** A careless proxy, in a container of the host’s network where the sandbox’s one would be. */
async function openProxy() {
  const { plainOnHost } = scene()
  await plainOnHost.said(
    `cat > /tmp/proxy.py <<'END'\n${carelessProxy}\nEND\n(setsid python3 /tmp/proxy.py >/tmp/proxy.log 2>&1 & echo $! > /tmp/proxy.pid); sleep 1`,
  )
  return {
    async through(attack: Parameters<typeof expectThrough>[0], places: readonly string[]) {
      const got = await expectThrough(attack, { plain: plainOnHost })
      return got.filter((it) => places.some((place) => it.endsWith(` ${place}`)))
    },
    [Symbol.asyncDispose]: async () => {
      await plainOnHost.said('kill -9 $(cat /tmp/proxy.pid)')
    },
  }
}

const carelessProxy = `
import re, socket, threading
server = socket.socket(); server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('127.0.0.1', 3128)); server.listen()
def serve(client):
    try:
        asked = client.recv(4096)
        host, port = re.search(rb'Host: \\[?([^\\]\\r]*)\\]?:(\\d+)', asked).groups()
        to = socket.create_connection((host.decode(), int(port)), 3)
        if asked.startswith(b'CONNECT'): client.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\n')
        else:
            to.sendall(re.sub(rb' http://[^/]*', b' ', asked)); client.sendall(to.recv(4096))
    except OSError: client.sendall(b'blocked_by_policy')
    client.close()
while True: threading.Thread(target=serve, args=(server.accept()[0],)).start()
`

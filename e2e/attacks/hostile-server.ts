import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Sandbox } from '@stuntdouble/sdk'
import { expect } from 'vitest'

/** Where it listens inside. */
export const port = 3777

/**
 * A hostile server inside. `/raw` answers with the bytes that its query holds; it writes down every
 * request line that it is sent, as `/log` tells.
 */
const hostile = `
import http.server, socketserver, sys, urllib.parse
seen = []
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *words): pass
    def answer(self):
        seen.append(self.requestline + ' ' + str(dict(self.headers)))
        url = urllib.parse.urlparse(self.path)
        if url.path == '/raw':
            self.wfile.write(bytes.fromhex(url.query)); self.close_connection = True; return
        if url.path == '/long':
            self.wfile.write(b'HTTP/1.1 200 OK\\r\\nX-A: ' + b'a' * 200000); self.close_connection = True; return
        if url.path == '/log': body, kind = chr(10).join(seen), 'text/plain'
        elif url.path == '/worker.js': body, kind = 'onfetch = () => {}', 'text/javascript'
        else: body, kind = '<title>hostile</title>', 'text/html'
        length = int(self.headers.get('content-length') or 0)
        if length: self.rfile.read(length)
        self.send_response(200)
        self.send_header('content-type', kind)
        self.send_header('content-length', str(len(body)))
        self.send_header('set-cookie', 'tossed=1; Domain=localhost')
        self.send_header('service-worker-allowed', '/')
        self.end_headers()
        self.wfile.write(body.encode())
    do_GET = do_POST = do_HEAD = answer
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer): daemon_threads = True
Server(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()`

/** Starts it, and waits until it answers. */
export async function serve(box: Sandbox) {
  await box.files.write('/tmp/hostile.py', hostile)
  const started = await box.commands.run(
    `setsid -f python3 /tmp/hostile.py ${port} >/dev/null 2>&1 </dev/null; for i in $(seq 100); do curl -s localhost:${port}/ && break; sleep 0.1; done`,
  )
  expect(started.stdout).toContain('hostile')
}

/** Bytes as they are, and all that is answered to them. */
export async function raw(to: string, bytes: string): Promise<string> {
  const { hostname, port: number } = new URL(to)
  const socket = connect(Number(number), hostname)
  socket.setTimeout(3_000, () => socket.destroy())
  socket.write(bytes, 'latin1')
  return await text(socket).catch(() => '')
}

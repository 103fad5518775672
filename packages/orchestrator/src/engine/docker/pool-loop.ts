import type Docker from 'dockerode'
import { noRoomForPool } from './pool-errors.ts'
import { type PoolNames, poolLabel, shortLived } from './pool-names.ts'
import { quote } from './shell.ts'

/** Loop devices and the node that hands them out; nothing else of the host's devices opens. */
const loopDevices = ['b 7:* rmw', 'c 10:237 rmw']
const smallestBytes = 1024 ** 3
const noRoomExit = 28

export interface LoopWork {
  readonly docker: Docker
  readonly names: PoolNames
  readonly keeperImage: string
}

/**
 * Makes the sparse file unless it is there, and attaches it unless it is attached. Answers the loop
 * device, which another boot will not give again. Safe to run from several processes at once.
 */
export async function attachLoop(work: LoopWork, poolBytes: number): Promise<string> {
  const { exitCode, output } = await runHelper(work, attachScript(poolBytes))
  if (exitCode === noRoomExit) throw noRoomForPool(output)
  if (exitCode !== 0) throw new Error(output || `the loop helper ended with ${exitCode}`)
  const device = output.split('\n').at(-1) ?? ''
  if (!/^\/dev\/loop\d+$/.test(device)) throw new Error(`no loop device in: ${output}`)
  return device
}

/** Content when it was not attached. */
export async function detachLoop(work: LoopWork): Promise<void> {
  const { exitCode, output } = await runHelper(work, detachScript)
  if (exitCode !== 0) throw new Error(output)
}

/** The devices the file is attached to; one at most, unless something went wrong. */
export async function listLoops(work: LoopWork): Promise<readonly string[]> {
  const { exitCode, output } = await runHelper(work, listScript)
  if (exitCode !== 0) throw new Error(output)
  return output.split('\n').filter(Boolean)
}

/** Never the whole disk: the engine and its images live there too. */
const attachScript = (poolBytes: number) => `
set -eu
exec 9>/file/lock; flock 9
if [ ! -e /file/pool.xfs ]; then
  free=$(df --output=avail -B1 /file | tail -n 1)
  size=${quote(poolBytes)}
  [ "$size" -le $((free / 10 * 9)) ] || size=$((free / 10 * 9))
  [ "$size" -ge ${smallestBytes} ] || { echo "$((free / 1048576)) MiB are free"; exit ${noRoomExit}; }
  rm -f /file/new.xfs
  truncate -s "$size" /file/new.xfs
  mkfs.xfs -q -m reflink=1 /file/new.xfs
  mv /file/new.xfs /file/pool.xfs
fi
device=$(losetup -n -O NAME -j /file/pool.xfs | head -n 1)
# A device that was found free may be another's by the time it is taken.
for try in 1 2 3 4 5 6 7 8 9 10; do
  [ -z "$device" ] || break
  device=$(losetup --find --show /file/pool.xfs) || sleep 0.1
done
[ -n "$device" ] || exit 1
echo "$device"`

const listScript = '[ ! -e /file/pool.xfs ] || losetup -n -O NAME -j /file/pool.xfs'

const detachScript = `
set -eu
for device in $(${listScript}); do losetup -d "$device"; done`

async function runHelper({ docker, names, keeperImage }: LoopWork, script: string) {
  const container = await docker.createContainer({
    Image: keeperImage,
    Entrypoint: ['sh', '-c', script],
    Cmd: [],
    Labels: { [poolLabel.pool]: names.installation, [poolLabel.kind]: shortLived.loop },
    HostConfig: {
      NetworkMode: 'none',
      // Never --privileged: it fails where the host itself lacks a capability.
      CapDrop: ['ALL'],
      CapAdd: ['SYS_ADMIN'],
      DeviceCgroupRules: loopDevices,
      ReadonlyRootfs: true,
      Mounts: [
        { Type: 'bind', Source: '/dev', Target: '/dev' },
        {
          Type: 'volume',
          Source: names.file,
          Target: '/file',
          VolumeOptions: {
            NoCopy: true,
            Labels: { [poolLabel.pool]: names.installation, [poolLabel.kind]: 'pool-file' },
            DriverConfig: { Name: 'local', Options: {} },
          },
        },
      ],
      LogConfig: { Type: 'json-file', Config: {} },
    },
  })
  try {
    await container.start()
    // Answers at once where it has ended by now. Asked for before the start, it may be heard after the end.
    const { StatusCode: exitCode } = (await container.wait()) as { StatusCode: number }
    return { exitCode, output: await lastOutput(container) }
  } finally {
    await container.remove({ force: true }).catch(() => {})
  }
}

/** The engine frames its log: eight bytes before every piece. */
async function lastOutput(container: Docker.Container): Promise<string> {
  const framed = await container.logs({ stdout: true, stderr: true, tail: 20 })
  const lines: string[] = []
  for (let at = 0; at + 8 <= framed.length; ) {
    const length = framed.readUInt32BE(at + 4)
    lines.push(framed.subarray(at + 8, at + 8 + length).toString())
    at += 8 + length
  }
  return lines.join('').trim()
}

import type { Socket } from 'node:net'
import type Docker from 'dockerode'
import type { ExecSpec } from '../../engine.ts'
import type { DockerClient } from '../docker-client.ts'
import { laneBroken } from './errors.ts'
import { Lane } from './lane.ts'
import { runnerPath } from './runner-volume.ts'

export interface LanePlace {
  readonly client: DockerClient
  readonly containerId: string
  readonly user: ExecSpec['user']
}

const openWithinMs = 10_000

/** Starts a runner in a container. Rejects where it has none, or no room for one. */
export async function openLane({ client, containerId, user }: LanePlace): Promise<Lane> {
  const connection = await client.call('starting a runner', (docker) =>
    connect(docker.getContainer(containerId), user),
  )
  const lane = new Lane(connection)
  const late = setTimeout(() => lane.lose(laneBroken('it does not answer')), openWithinMs)
  try {
    await lane.opened
    return lane
  } finally {
    clearTimeout(late)
  }
}

async function connect(container: Docker.Container, user: ExecSpec['user']): Promise<Socket> {
  const exec = await container.exec({
    Cmd: [runnerPath],
    ...(user && { User: `${user.uid}:${user.gid}` }),
    AttachStdin: true,
    AttachStdout: true,
    WorkingDir: '/',
  })
  return (await exec.start({ hijack: true, stdin: true })) as Socket
}

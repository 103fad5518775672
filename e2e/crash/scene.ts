import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { uploadWorkspace } from '@stuntdouble/sdk/node'
import { Blueprint } from '@stuntdouble/sdk/wire'
import type { EngineClient } from '../lib/container-runtime.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { EngineProxy } from './engine-proxy.ts'
import { KillableOrchestrator } from './killable-orchestrator.ts'

export interface EngineAt {
  readonly socketPath: string
  readonly docker: EngineClient
}

/** An installation whose every call to the engine passes through the test. */
export interface CrashScene extends AsyncDisposable {
  readonly home: Stuntdouble
  readonly proxy: EngineProxy
  readonly docker: EngineClient
  readonly installation: string
  /** An upload, for any number of sandboxes. */
  readonly workspace: string
  /** Made before anything is struck; whatever happens, it may not be lost. */
  readonly bystander: Sandbox
  orchestrator: KillableOrchestrator
  control(): Promise<ControlClient>
  /** Waits until the one that was struck is gone, and starts the next. */
  restart(): Promise<void>
}

const files = {
  'stuntdouble.yaml': `sources: { notes: { kind: files, path: "\${env:NOTES}", policy: ./masking.yaml } }
limits: { poolSize: 2g }
`,
  'masking.yaml': '"**": keep\n',
  'workspace/start.txt': 'to be unpacked\n',
}

export const noteInside = '/workspace/note.txt'

export async function openCrashScene({ socketPath, docker }: EngineAt): Promise<CrashScene> {
  await using scope = new AsyncDisposableStack()
  const root = await mkdtemp('/tmp/sd-crash-')
  scope.defer(() => rm(root, { recursive: true, force: true }))
  const notes = join(root, 'notes')
  await mkdir(notes)
  await writeFile(join(notes, 'note.txt'), 'to be cloned\n')
  const proxy = scope.use(await EngineProxy.open(join(root, 'engine.sock'), socketPath))
  const env = { DOCKER_HOST: `unix://${proxy.socketPath}`, NOTES: notes }
  const home = scope.use(await Stuntdouble.open({ files, env, engine: docker }))

  const scene = {
    ...{ home, proxy, docker, orchestrator: await KillableOrchestrator.start(home) },
    control: () => home.control(),
    async restart() {
      await scene.orchestrator.gone()
      proxy.watch()
      scene.orchestrator = await KillableOrchestrator.start(home)
    },
  }
  scope.defer(() => scene.orchestrator[Symbol.asyncDispose]())
  const people = await populate(home)
  const parts = scope.move()
  return Object.assign(scene, people, { [Symbol.asyncDispose]: () => parts.disposeAsync() })
}

async function populate(home: Stuntdouble) {
  const control = await home.control()
  await control.buildSnapshot('notes')
  const blueprint = Blueprint.parse({ ttl: '2h', idle: '2h', workspace: { from: 'workspace' } })
  const uploaded = await uploadWorkspace(control, { blueprint, directory: home.project })
  const workspace = uploaded?.id ?? ''
  const bystander = Sandbox.of(await control.createSandbox({ blueprint, workspace }), control)
  await bystander.files.write(noteInside, 'from before')
  return { workspace, bystander, installation: (await home.installation()) ?? '' }
}

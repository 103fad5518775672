import { afterAll, beforeAll } from 'vitest'
import { describeDatabase } from './attacks/database.ts'
import { describeExhaustion } from './attacks/exhaustion.ts'
import { describeFiles } from './attacks/files.ts'
import { describeInside } from './attacks/inside.ts'
import { describeKeys } from './attacks/keys.ts'
import { describeProxyAbuse } from './attacks/proxy-abuse.ts'
import { openScene, type Scene } from './attacks/scene.ts'
import { describeSecrets } from './attacks/secrets.ts'
import { describeWaysOut } from './attacks/ways-out.ts'

let opened: Scene
beforeAll(async () => {
  opened = await openScene()
})
afterAll(() => opened?.[Symbol.asyncDispose]())
const scene = () => opened

describeWaysOut(scene)
describeProxyAbuse(scene)
describeInside(scene)
describeDatabase(scene)
describeKeys(scene)
describeFiles(scene)
describeExhaustion(scene)
describeSecrets(scene)

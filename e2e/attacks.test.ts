import { describeExhaustion } from './attacks/exhaustion.ts'
import { describeFiles } from './attacks/files.ts'
import { useScene } from './attacks/scene.ts'
import { describeSecrets } from './attacks/secrets.ts'

const scene = useScene()

describeFiles(scene)
describeExhaustion(scene)
describeSecrets(scene)

import { ensureImage } from './images.ts'

const ours = [
  'stuntdouble/gate',
  'stuntdouble/keeper',
  'stuntdouble/runner',
  'stuntdouble/workspace',
  'stuntdouble/postgres:15',
  'stuntdouble/postgres:17',
  'stuntdouble/postgres:18',
  'stuntdouble/mariadb:10.11',
  'stuntdouble/redis:7',
]

/** Before the first test that needs an engine: on a new one our images take minutes, later milliseconds. */
export default async function setup(): Promise<void> {
  for (const image of ours) {
    let phase = ''
    await ensureImage(image, (progress) => {
      if (progress.phase !== phase) console.log(`${image}: ${progress.message}`)
      phase = progress.phase
    })
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import { GenericContainer } from 'testcontainers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEngine } from './lib/container-runtime.ts'
import { disposeAll } from './lib/dispose-all.ts'
import { ensureImage } from './lib/images.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

// What distinguishes the official images from ours, for machines that cannot pull them: a volume of
// their own where data would be, and an entrypoint.
const dockerfile = (major: number) => `FROM stuntdouble/postgres:${major}
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
`
const imageOf = (major: number) => `stuntdouble-test-official:${major}`

let production: Production
let stuntdouble: Stuntdouble
beforeAll(async () => {
  await makeImage(15)
  await makeImage(17)
  production = await startProduction()
  await production.query(
    'CREATE TABLE things (id int PRIMARY KEY); INSERT INTO things VALUES (1), (2)',
  )
  const source = `{ kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml, image: "${imageOf(15)}" }`
  stuntdouble = await Stuntdouble.open({
    files: { 'stuntdouble.yaml': `sources:\n  shop: ${source}\n` },
    env: { SHOP_URL: production.url },
  })
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'shop'])
})
afterAll(async () => {
  await disposeAll(stuntdouble, production)
  const docker = await openEngine()
  for (const major of [15, 17]) await docker.getImage(imageOf(major)).remove()
})

async function makeImage(major: number): Promise<void> {
  await ensureImage(`stuntdouble/postgres:${major}`)
  const context = await mkdtemp(join(tmpdir(), 'image-'))
  await writeFile(join(context, 'Dockerfile'), dockerfile(major))
  await GenericContainer.fromDockerfile(context).build(imageOf(major), { deleteOnExit: false })
  await rm(context, { recursive: true })
}

const blueprint = (image: string) => `data: { db: { source: shop, image: "${image}" } }\n`

test('an image with the official ones’ volume and entrypoint runs a snapshot', async () => {
  await stuntdouble.write({ 'sandbox.yaml': blueprint(imageOf(15)) })
  const { id, url } = await stuntdouble.json<{ id: string; url: string }>(['up'])
  const box = await Sandbox.connect(url)

  expect(await box.commands.run('psql -XAtc "SELECT sum(id) FROM things"')).toMatchObject({
    stdout: '3\n',
  })
  expect(await stuntdouble.json(['down', id])).toMatchObject({ clean: true })
})

test('an image of another major version is refused with the way out', async () => {
  await stuntdouble.write({ 'sandbox.yaml': blueprint(imageOf(17)) })
  const { exitCode, stderr } = await stuntdouble.run(['up'])

  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/major version/)
  expect(await stuntdouble.json(['ls'])).toEqual({ sandboxes: [] })
})

import { openEngine } from '../lib/container-runtime.ts'

/** What `docker run --rm IMAGE true` asks of the engine, without the time its own program takes to start. */
export async function dockerRun(image: string): Promise<void> {
  const engine = await openEngine()
  const container = await engine.createContainer({
    Image: image,
    Cmd: ['true'],
    Labels: { 'dev.stuntdouble.installation': 'test-bench' },
  })
  try {
    await container.start()
    const { StatusCode } = await container.wait()
    if (StatusCode !== 0) throw new Error(`true ended with ${StatusCode}`)
  } finally {
    await container.remove({ force: true })
  }
}

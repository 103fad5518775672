import { getContainerRuntimeClient } from 'testcontainers'

// Its reaper is an image that may not be reachable: our fixtures remove themselves, and script/test looks.
// What it publishes is dialled on this machine, for a sandbox's engine is always on this machine.
const settings = {
  TESTCONTAINERS_RYUK_DISABLED: 'true',
  TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
}

/** A client of an engine. */
export type EngineClient = Awaited<ReturnType<typeof openEngine>>

/** The engine, for fixtures. Everything here that uses testcontainers passes through it first. */
export async function openEngine() {
  // biome-ignore lint/style/noProcessEnv: testcontainers takes its settings from nowhere else
  Object.assign(process.env, { ...settings, ...process.env })
  return (await getContainerRuntimeClient()).container.dockerode
}

import { defineConfig } from 'vitest/config'

// biome-ignore lint/style/noProcessEnv: script/fuzz says how long and from where
const { FUZZ_SECONDS = '1', FUZZ_SEED = '1' } = process.env
/** From the same place each time, so that a red run tells of what was changed. */
const fuzz = { seconds: Number(FUZZ_SECONDS), seed: FUZZ_SEED === '' ? null : Number(FUZZ_SEED) }

const sources = ['packages/*/src/**', 'script/**', 'images/**']

/** The library’s own second is soon over where every core is busy; who has not to wait does not. */
const patient = (timeout: number) => ({ poll: { timeout } })

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          provide: { fuzz },
          setupFiles: ['script/lib/one-seed.ts'],
          include: sources.map((folder) => `${folder}/*.test.ts`),
          exclude: ['**/*.docker.test.ts', '**/node_modules/**'],
          // A build starts its threads, which takes seconds where every core is busy.
          testTimeout: 20_000,
          expect: patient(10_000),
        },
      },
      {
        test: {
          name: 'docker',
          include: sources.map((folder) => `${folder}/*.docker.test.ts`),
          testTimeout: 120_000,
          expect: patient(30_000),
          hookTimeout: 600_000,
          fileParallelism: false,
          globalSetup: ['e2e/lib/our-images.ts'],
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 240_000,
          expect: patient(30_000),
          hookTimeout: 900_000,
          fileParallelism: false,
          globalSetup: ['e2e/lib/our-images.ts', 'e2e/attacks/one-stage-a-run.ts'],
        },
      },
      {
        test: {
          // Too slow for every change: `script/crash` runs it.
          name: 'crash',
          include: ['e2e/crash/*.crash.ts'],
          testTimeout: 240_000,
          expect: patient(30_000),
          hookTimeout: 900_000,
          fileParallelism: false,
          globalSetup: ['e2e/lib/our-images.ts'],
        },
      },
    ],
  },
})

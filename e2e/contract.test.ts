import { describeOrchestrator } from '@stuntdouble/sdk/testing/contract'
import { afterAll, beforeAll } from 'vitest'
import { Stuntdouble } from './lib/stuntdouble.ts'

let stuntdouble: Stuntdouble
let env: { STUNTDOUBLE_URL: string; STUNTDOUBLE_API_KEY: string }
beforeAll(async () => {
  stuntdouble = await Stuntdouble.open()
  await stuntdouble.json(['doctor'])
  const { url, key } = (await stuntdouble.orchestrator()) ?? { url: '', key: '' }
  env = { STUNTDOUBLE_URL: url, STUNTDOUBLE_API_KEY: key }
})
afterAll(() => stuntdouble?.[Symbol.asyncDispose]())

describeOrchestrator('an orchestrator', () => env)

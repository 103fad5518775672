import { afterAll } from 'vitest'
import { describeEngine } from '../contract.ts'
import { openDockerUnderTest } from './docker-under-test.ts'

const under = await openDockerUnderTest()
afterAll(() => under[Symbol.asyncDispose]())

// One engine for all, because its pool takes a second to make; the tests' pods never meet.
describeEngine('Docker', async () => ({ ...under, [Symbol.asyncDispose]: async () => {} }))

import { describe } from 'vitest'
import { connectionTests } from './contract-connections.ts'
import { execTests, killTests } from './contract-exec.ts'
import { holdTests } from './contract-holding.ts'
import {
  deadlineTests,
  destroyTests,
  isolationTests,
  startTests,
  userTests,
} from './contract-lifecycle.ts'
import type { OpenEngine } from './contract-pods.ts'
import { usageTests } from './contract-usage.ts'

/** What every engine promises. The fake keeps it in milliseconds, Docker in seconds. */
export function describeEngine(name: string, open: OpenEngine) {
  describe(`the ${name} engine`, () => {
    describe('starts pods', () => startTests(open))
    describe('tells isolations apart', () => isolationTests(open))
    describe('refuses users', () => userTests(open))
    describe('destroys pods', () => destroyTests(open))
    describe('ends pods at their deadline', () => deadlineTests(open))
    describe('holds pods still', () => holdTests(open))
    describe('runs commands', () => execTests(open))
    describe('kills commands', () => killTests(open))
    describe('counts what is used', () => usageTests(open))
    describe('carries connections', () => connectionTests(open))
  })
}

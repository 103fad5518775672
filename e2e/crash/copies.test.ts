import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lanes, openLanes, wrongIn } from './lanes.ts'
import { checkpoint, fork, rollback } from './operations.ts'
import { nameOf } from './rounds.ts'

// biome-ignore lint/style/noProcessEnv: who releases asks for all of them, which takes an hour
const everyMoment = process.env.CRASH_ALL !== undefined
/** Prime, so that over the kinds of calls that come in a rhythm none is passed over. */
const stride = everyMoment ? 1 : 11

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes()
})
afterAll(() => lanes?.[Symbol.asyncDispose]())

describe.each([checkpoint, fork, rollback])(
  'an orchestrator killed in the middle of a $name',
  (operation) => {
    test('loses no sandbox, tears no state in two, and leaves nothing', async () => {
      const { rounds, missed } = await lanes.killThrough(operation, stride)

      expect(wrongIn(rounds)).toEqual([])
      expect(missed.map(nameOf)).toEqual([])
      const struck = rounds.filter((round) => round.struck).length
      expect(struck).toBeGreaterThan(0)
      console.log(`${operation.name}: killed at ${struck} moments`)
    }, 3_600_000)
  },
)

import { describeEngine } from '../contract.ts'
import { openDockerUnderTest } from './docker-under-test.ts'

describeEngine('Docker', openDockerUnderTest)

import fc from 'fast-check'
import { inject } from 'vitest'

const { seed } = inject('fuzz')
if (seed !== null) fc.configureGlobal({ seed })

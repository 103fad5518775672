import { expect, test } from 'vitest'
import { boundaryDiagnosis } from './diagnose-boundary.ts'

test('an engine that maps no users and has no second gate says so', () => {
  const { exposure } = boundaryDiagnosis(['name=seccomp,profile=default'])

  expect(exposure).toContain('user ids')
  expect(exposure).toContain('AppArmor')
})

test('what an engine has is no exposure', () => {
  const { exposure } = boundaryDiagnosis(['name=apparmor', 'name=userns', 'name=seccomp'])

  expect(exposure).toContain('side channels')
  expect(exposure).not.toMatch(/user ids|AppArmor/)
})

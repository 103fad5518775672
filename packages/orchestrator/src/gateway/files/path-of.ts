import { SandboxError } from '@stuntdouble/sdk/errors'

interface Asked {
  readonly params: Readonly<Record<string, string | string[] | undefined>>
}

/** The absolute path inside; express has decoded it. A NUL would cut it short inside. */
export function pathOf({ params }: Asked): string {
  const path = [params.path ?? ''].flat().join('/')
  if (path.includes('\0')) throw notAPath()
  return `/${path}`
}

const notAPath = () =>
  new SandboxError('usage', 'A path holds no NUL.', { hint: 'Leave out the %00 and what follows.' })

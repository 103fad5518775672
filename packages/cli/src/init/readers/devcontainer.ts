import { SandboxError } from '@stuntdouble/sdk/errors'
import { type ParseError, parse } from 'jsonc-parser'
import { z } from 'zod'
import type { FileReader, Found } from '../found.ts'
import { remark } from '../remark.ts'

const Devcontainer = z.looseObject({
  image: z.string().optional().catch(undefined),
  forwardPorts: z.array(z.unknown()).catch([]),
})

/** What would be run in it is not looked at. */
export const devcontainer: FileReader = {
  fits: /(?:^|\/)(?:\.devcontainer\.json|\.devcontainer\/(?:[^/]+\/)?devcontainer\.json)$/,
  read(text, path): Found {
    const errors: ParseError[] = []
    const { image, forwardPorts } = Devcontainer.parse(
      parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true }) ?? {},
    )
    if (errors.length > 0) throw notJson(path)
    const says = image ? `a development container of ${remark(image)}` : 'a development container'
    const ports = forwardPorts.filter((port) => Number.isInteger(port)) as number[]
    return {
      findings: [{ kind: 'devcontainer', path, says }],
      ports: ports.filter((port) => port > 0 && port <= 65_535),
    }
  },
}

const notJson = (path: string) =>
  new SandboxError('usage', `${path} is not JSON with comments.`, { hint: 'Correct it.' })

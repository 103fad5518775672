import { PortView } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { type AddTool, sandboxTool } from './tool.ts'

export const getUrlTool: AddTool = sandboxTool(
  {
    name: 'get_url',
    title: 'Get a link to a port',
    description:
      'A link by which a person’s browser sees a server that runs in the sandbox, such as one that start_process started. It opens that port alone, for as long as the sandbox lives: whoever has the link sees what is there. In the sandbox itself use http://localhost and the port. Databases are not seen this way.',
    input: z.strictObject({
      port: z.int().min(1).max(65_535).describe('Where the server listens in the sandbox.'),
    }),
    output: PortView,
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  async ({ port }, { viewPort }) => {
    const structured = viewPort(port)
    return { structured, text: structured.link }
  },
)

import { SandboxError } from '@stuntdouble/sdk/errors'

export const previewClosed = () =>
  new SandboxError(
    'unauthorized',
    'There is no preview at this address, or it is not yours to see.',
    {
      hint: 'Open the link that `sandbox url ID --port PORT` prints; a program sends the token as `X-Stuntdouble-Token`.',
    },
  )

export const nothingListens = (port: number, cause?: unknown) =>
  new SandboxError('port_closed', `Nothing answers on port ${port} of this sandbox.`, {
    hint: `Start a server inside that listens on 127.0.0.1:${port} or 0.0.0.0:${port}; \`sandbox ports ID\` lists what listens.`,
    retryable: true,
    cause,
  })

export const notHttp = (port: number) =>
  new SandboxError(
    'port_closed',
    `What listens on port ${port} answered something that is not HTTP.`,
    {
      hint: 'Previews are for HTTP and WebSocket; use `sandbox db` for a database.',
    },
  )

export const noAnswerInTime = (port: number) =>
  new SandboxError('timed_out', `Port ${port} took the request and did not answer in time.`, {
    hint: 'Look at the server’s own log inside.',
  })

export const reservedPort = (port: number, whose: string) =>
  new SandboxError('forbidden', `Port ${port} is ${whose}, which is not for previews.`, {
    hint: 'Have your server listen on another port.',
  })

export const tooManyConnections = (limit: number) =>
  new SandboxError(
    'capacity',
    `There are ${limit} connections to previews of this sandbox already.`,
    {
      hint: 'Close some, or ask again when others have been answered.',
      retryable: true,
    },
  )

export const pageOfAnother = () =>
  new SandboxError('forbidden', 'A page of another site may not use a preview.', {
    hint: 'Open the preview itself, or ask from a program.',
  })

export const notForBrowsers = () =>
  new SandboxError('forbidden', 'This address of a preview is for programs.', {
    hint: 'Open it at an origin of its own: `sandbox url ID --port PORT` prints the link.',
  })

export const notAPath = () =>
  new SandboxError(
    'usage',
    'A preview is asked for paths, without a token in them but to open it.',
    {
      hint: 'Send a path such as /index.html, and the token as `X-Stuntdouble-Token`.',
    },
  )

export const carriesCanary = () =>
  new SandboxError(
    'policy_refused',
    'The answer holds a planted secret, so nothing of it is passed on.',
    {
      hint: 'The sandbox is ended; its events say what was seen.',
    },
  )

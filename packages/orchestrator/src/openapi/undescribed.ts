/** What is served and is not in the document, and why. */
export const undescribed = [
  {
    at: '/e2b',
    why: 'E2B’s own API, on both ports, as E2B describes it; docs/e2b.md lists what is served.',
  },
  {
    at: '/mcp',
    why: 'of the gateway is `/s/{handover}/mcp` with the token as bearer instead of in the address.',
  },
  {
    at: '/s/{handover}/process',
    why: 'is a WebSocket, for which OpenAPI has no words; the SDK’s `pty` speaks it.',
  },
  {
    at: '/s/{handover}',
    why: 'is also a page, for those who accept text/html first.',
  },
  {
    at: '/s/{handover}/ports/{port}/',
    why: 'and all beneath is the program’s behind that port, with any method.',
  },
] as const

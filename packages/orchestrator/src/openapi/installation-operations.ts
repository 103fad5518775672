import {
  DoctorReport,
  E2bEnvironment,
  EgressTestRequest,
  EgressVerdict,
  EventFilter,
  EventPage,
  Health,
  SandboxEvent,
} from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import type { Operation } from './operation.ts'

export const installationOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/health',
    summary: 'Whether the orchestrator answers; needs no key',
    status: 200,
    result: Health,
  },
  { method: 'get', path: '/openapi.json', summary: 'This document; needs no key', status: 200 },
  {
    method: 'post',
    path: '/session',
    summary: 'Sign a browser in with a key',
    body: z.strictObject({ key: z.string() }),
    status: 204,
  },
  { method: 'delete', path: '/session', summary: 'Sign a browser out', status: 204 },
  {
    method: 'get',
    path: '/doctor',
    summary: 'What this installation has and lacks',
    status: 200,
    result: DoctorReport,
  },
  {
    method: 'get',
    path: '/e2b',
    summary: 'What an E2B client’s environment has to say to find this installation',
    status: 200,
    result: E2bEnvironment,
  },
  {
    method: 'get',
    path: '/events',
    summary:
      'Every event as it comes, as text/event-stream, resumed with Last-Event-ID; as JSON, a page of what is kept',
    query: EventFilter,
    status: 200,
    result: EventPage,
    stream: SandboxEvent,
  },
  {
    method: 'post',
    path: '/egress/test',
    summary: 'Which rule decides about a URL; nothing is sent there',
    body: EgressTestRequest,
    status: 200,
    result: EgressVerdict,
  },
  {
    method: 'post',
    path: '/mcp',
    summary:
      'The Model Context Protocol: tools for every sandbox. Of one, at its hand-over URL and `/mcp`, or at `/mcp` of the gateway with its token as bearer',
    body: z.looseObject({ jsonrpc: z.literal('2.0'), method: z.string() }),
    status: 200,
  },
]

import { z } from 'zod'
import { type Rpc, type RpcCall, unary } from '../connect/rpc.ts'
import type { Caller } from './caller.ts'
import { eventOf, WatchMessage } from './watch.ts'
import type { Look } from './watchers.ts'

const OneWatcher = z.object({ watcherId: z.string().max(100).default('') })

/** The watchers of `filesystem.Filesystem` that are polled, as clients without streams have them. */
export const watcherRpcs: Readonly<Record<string, Rpc<Caller>>> = {
  CreateWatcher: unary(WatchMessage, async (watched, call: RpcCall<Caller>) => {
    const { sandbox, watchers } = call.caller
    return { watcherId: await watchers.add(sandbox, watched, lookOf(call)) }
  }),
  GetWatcherEvents: unary(OneWatcher, async ({ watcherId }, call: RpcCall<Caller>) => {
    const { sandbox, watchers } = call.caller
    const changes = await watchers.changes(sandbox, watcherId, lookOf(call))
    return { events: changes.map(eventOf) }
  }),
  RemoveWatcher: unary(OneWatcher, async ({ watcherId }, { caller }: RpcCall<Caller>) => {
    caller.watchers.remove(caller.sandbox, watcherId)
    return {}
  }),
}

const lookOf =
  ({ caller, signal }: RpcCall<Caller>): Look =>
  (watched) =>
    caller.doors.watching.look(caller.sandbox, watched, signal)

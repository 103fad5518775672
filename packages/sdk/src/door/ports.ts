import type { Connection } from '../http/connection.ts'
import { sendForJson } from '../http/http.ts'
import { PortList, PortView } from '../wire/preview.ts'

/** What listens inside, without databases. */
export const listPorts = async (door: Connection, signal?: AbortSignal) =>
  (await sendForJson(door, { path: '/ports', schema: PortList, signal })).ports

/** Where one port is seen from, whether anything listens there yet or not. */
export const portView = (door: Connection, port: number, signal?: AbortSignal): Promise<PortView> =>
  sendForJson(door, { path: `/ports/${port}`, schema: PortView, signal })

import type { Horizon } from '../sources.ts'
import type { Session } from './session.ts'

/** Asked on the connection that holds the snapshot: vacuum over there goes no further than its xmin. */
export async function readHorizon(session: Session): Promise<Horizon> {
  const [row] = await session.rows<Horizon>(
    `SELECT extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds,
            coalesce(age(backend_xmin), 0) AS transactions
       FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
  )
  return row ?? { seconds: 0, transactions: 0 }
}

import type { AddVerb } from '../call.ts'
import { addCheckpoint } from './checkpoint.ts'
import { addCompletion } from './completion.ts'
import { addCp } from './cp.ts'
import { addData } from './data.ts'
import { addDb } from './db.ts'
import { addDiff } from './diff.ts'
import { addDoctor } from './doctor.ts'
import { addDown } from './down.ts'
import { addDrill } from './drill.ts'
import { addEgress } from './egress.ts'
import { addEnv } from './env.ts'
import { addEvents } from './events.ts'
import { addExec } from './exec.ts'
import { addExtend } from './extend.ts'
import { addFork } from './fork.ts'
import { addInit } from './init.ts'
import { addInspect } from './inspect.ts'
import { addLogs } from './logs.ts'
import { addLs } from './ls.ts'
import { addMcp } from './mcp.ts'
import { addPause } from './pause.ts'
import { addPool } from './pool.ts'
import { addPorts } from './ports.ts'
import { addPs } from './ps.ts'
import { addPull } from './pull.ts'
import { addResume } from './resume.ts'
import { addRollback } from './rollback.ts'
import { addRun } from './run.ts'
import { addSecrets } from './secrets.ts'
import { addServe } from './serve.ts'
import { addSh } from './sh.ts'
import { addSnapshot } from './snapshot.ts'
import { addUp } from './up.ts'
import { addUrl } from './url.ts'

/** In the order in which help lists them. */
export const verbs: readonly AddVerb[] = [
  addInit,
  addUp,
  addRun,
  addLs,
  addInspect,
  addEvents,
  addExec,
  addSh,
  addPs,
  addLogs,
  addUrl,
  addEnv,
  addPorts,
  addDb,
  addCp,
  addDiff,
  addPull,
  addCheckpoint,
  addRollback,
  addFork,
  addPause,
  addResume,
  addExtend,
  addDown,
  addPool,
  addSnapshot,
  addData,
  addEgress,
  addSecrets,
  addDrill,
  addDoctor,
  addMcp,
  addCompletion,
  addServe,
]

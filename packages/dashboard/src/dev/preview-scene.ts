import { minutesFromNow, sampleSnapshot } from './samples.ts'
import type { ScriptedControlPlane } from './scripted-control-plane.ts'

/** A working day: what a team lead would find on opening the page. */
export function furnish(plane: ScriptedControlPlane): void {
  plane.snapshots.push(
    sampleSnapshot({
      findings: [
        {
          severity: 'warning',
          where: 'public.tickets.body',
          message: 'Free text: names were looked for and replaced, but only a person can be sure.',
        },
        {
          severity: 'info',
          where: 'public.audit_log',
          message: 'One foreign server was left behind.',
        },
      ],
    }),
    sampleSnapshot({
      id: 'sn0building000',
      source: 'billing',
      state: 'building',
      sealedAt: null,
      rows: 88_000,
    }),
  )
  finished(plane)
  plane.create({ state: 'creating', createdAt: minutesFromNow(-0.1), idleAt: minutesFromNow(45) })
  plane.create({ idleAt: minutesFromNow(0.8), expiresAt: minutesFromNow(12) })
  busy(plane)
}

function finished(plane: ScriptedControlPlane): void {
  const clean = plane.create({ createdAt: minutesFromNow(-90) })
  plane.end(clean.id)
  plane.doubts = ['The engine did not answer when the clone of “db” was looked for.']
  const unclean = plane.create({ createdAt: minutesFromNow(-200) })
  plane.end(unclean.id)
  plane.doubts = []
}

function busy(plane: ScriptedControlPlane): void {
  const { id } = plane.create({ createdAt: minutesFromNow(-6) })
  const ran = (command: string, exitCode: number, output: object = {}) =>
    plane.tell(id, 'command', { command, exitCode, milliseconds: 40 + 900 * exitCode, ...output })
  const failures = Array.from({ length: 30 }, (_, n) => `not ok ${n + 1} invoice ${n}`).join('\n')
  ran('git status --short', 0, { stdoutTail: ' M src/invoices.ts\n?? notes.md\n' })
  ran('npm test', 1, { stdoutTail: failures })
  plane.tell(id, 'file_written', { path: '/workspace/src/invoices.ts', size: 4312 })
  plane.tell(id, 'egress_denied', { method: 'CONNECT', target: 'pastebin.com:443' })
  ran('psql "$DATABASE_URL" -c "drop table orders cascade"', 0, { stdoutTail: 'DROP TABLE\n' })
  ran('echo "<img src=x onerror=alert(1)>"', 0, {
    stdoutTail: '\u001b[31m<img src=x onerror=alert(1)>\u001b[0m\n',
  })
}

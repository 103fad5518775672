import type { DatabaseView, SandboxView } from '@stuntdouble/sdk/wire'
import { concealPassword, concealToken } from '../format/conceal.ts'
import { CommandHint } from './command-hint.tsx'
import { useDashboard } from './context.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { SecretField } from './secret-field.tsx'
import { useAction } from './use-action.ts'

export function Connection({ sandbox }: { sandbox: SandboxView }) {
  return (
    <section aria-labelledby="connection">
      <h2 id="connection">Connect</h2>
      <CommandHint command={`sandbox sh ${sandbox.id}`} />
      <HandoverLink id={sandbox.id} />
      {Object.entries(sandbox.databases).map(([name, database]) => (
        <Database key={name} id={sandbox.id} name={name} database={database} />
      ))}
    </section>
  )
}

/** The first hand-over URL is kept only as a hash, so what is shown here is a fresh one. */
function HandoverLink({ id }: { id: string }) {
  const dashboard = useDashboard()
  const handover = useAction(() => dashboard.handover(id))
  return (
    <div class="connect-part">
      <h3>Hand over to an agent</h3>
      {handover.answer ? (
        <SecretField
          label="Hand-over URL"
          value={handover.answer.url}
          concealed={concealToken(handover.answer.url, handover.answer.token)}
        />
      ) : (
        <button type="button" disabled={handover.busy} onClick={handover.run}>
          Create a hand-over URL
        </button>
      )}
      <p class="quiet">Whoever has it can do anything inside this sandbox until it ends.</p>
      {handover.problem && <ProblemNotice problem={handover.problem} />}
    </div>
  )
}

interface DatabaseProps {
  readonly id: string
  readonly name: string
  readonly database: DatabaseView
}

function Database({ id, name, database }: DatabaseProps) {
  const dashboard = useDashboard()
  const local = useAction(() => dashboard.localDatabase(id, name))
  return (
    <div class="connect-part">
      <h3>
        Database <code>{name}</code>
      </h3>
      <SecretField
        label="From inside the sandbox"
        value={database.url}
        concealed={concealPassword(database.url)}
      />
      {local.answer ? (
        <SecretField
          label="From the orchestrator’s machine"
          value={local.answer.url}
          concealed={concealPassword(local.answer.url)}
        />
      ) : (
        <button type="button" disabled={local.busy} onClick={local.run}>
          Open a local port<span class="hidden"> for {name}</span>
        </button>
      )}
      {local.problem && <ProblemNotice problem={local.problem} />}
    </div>
  )
}

import type { QueryResult } from '@stuntdouble/sdk/wire'
import { useState } from 'preact/hooks'
import { harmless } from '../format/harmless.ts'
import { plural } from '../format/quantity.ts'
import { ProblemNotice } from '../views/problem-notice.tsx'
import { useAction } from '../views/use-action.ts'
import type { PanelProps } from './panel.ts'

const firstStatement = `SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'mysql', 'performance_schema', 'sys')
ORDER BY 1, 2`

/** One statement at a time, in a transaction of its own that is committed at its end. */
export function DatabasePanel(props: PanelProps & { readonly databases: readonly string[] }) {
  const { inside, onUse, databases } = props
  const [name, setName] = useState(databases[0] ?? '')
  const [sql, setSql] = useState(firstStatement)
  const query = useAction(async () => {
    const result = await inside.query(name, sql)
    onUse()
    return result
  })
  const onKeyDown = ({ key, ctrlKey, metaKey }: KeyboardEvent) => {
    if (key === 'Enter' && (ctrlKey || metaKey)) query.run()
  }
  return (
    <>
      <div class="bar">
        <label for="database">Database</label>
        <select id="database" value={name} onChange={(event) => setName(event.currentTarget.value)}>
          {databases.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
        <button type="button" class="primary" disabled={query.busy} onClick={query.run}>
          Run
        </button>
      </div>
      <textarea
        {...{ rows: 5, spellcheck: false, value: sql, onKeyDown }}
        aria-label="Statement"
        onInput={(event) => setSql(event.currentTarget.value)}
      />
      {query.problem && <ProblemNotice problem={query.problem} />}
      {query.answer && !query.problem && <Result {...query.answer} />}
    </>
  )
}

function Result({ columns, rows, affected, more }: QueryResult) {
  if (columns.length === 0)
    return (
      <p role="status">Done{affected === null ? '' : `: ${plural(affected, 'row')} changed`}.</p>
    )
  return (
    <>
      <p role="status" class="quiet">
        {plural(rows.length, 'row')}
        {more && ', and there are more'}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Result">
        <table>
          <thead>
            <tr>
              {columns.map(({ name, type }, at) => (
                <th key={at} scope="col" title={type}>
                  {harmless(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {row.map((value, column) => (
                  <td key={column} class="code">
                    {shown(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

function shown(value: unknown) {
  if (value === null) return <span class="quiet">NULL</span>
  return harmless(typeof value === 'string' ? value : JSON.stringify(value))
}
